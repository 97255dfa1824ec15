import type { LogId } from '@logbook/contracts';
import type { ReadLimits, SpoolDisk, SpoolFigures, SpoolQueue } from '../spool/spool-disk.js';
import { type SpoolEntry, unframeEntry } from '../spool/spool-entry.js';

/** The place where spools lie, without a disk under it: queues outlive their owners, not the process. */
export class MemorySpoolPlace {
  private owners = 0;
  private queues: { readonly queue: MemoryQueue; owner: MemorySpoolDisk }[] = [];

  claim(): MemorySpoolDisk {
    this.owners += 1;
    return new MemorySpoolDisk(this, this.owners);
  }

  /** Every message that a process, running or gone, has on the disk. */
  entries(): SpoolEntry[] {
    return this.queues.flatMap(({ queue }) => queue.read({ messagesMax: Infinity, bytesMax: Infinity }));
  }

  add(owner: MemorySpoolDisk, queue: MemoryQueue): void {
    this.queues.push({ queue, owner });
  }

  remove(queue: SpoolQueue): void {
    this.queues = this.queues.filter((placed) => placed.queue !== queue);
  }

  /** Gives what owners that are gone have left to another. */
  handOver(to: MemorySpoolDisk): MemoryQueue[] {
    const left = this.queues.filter(({ owner }) => owner.isGone).sort((a, b) => a.owner.number - b.owner.number);
    for (const placed of left) placed.owner = to;
    return left.map(({ queue }) => queue);
  }
}

export class MemorySpoolDisk implements SpoolDisk {
  isGone = false;

  constructor(
    private readonly place: MemorySpoolPlace,
    readonly number: number,
  ) {}

  async *adopt(): AsyncGenerator<SpoolQueue> {
    for (const queue of this.place.handOver(this)) yield queue;
  }

  async create(logId: LogId): Promise<SpoolQueue> {
    const queue = new MemoryQueue(`spool of process ${this.number}`, logId);
    this.place.add(this, queue);
    return queue;
  }

  async discard(queue: SpoolQueue): Promise<void> {
    this.place.remove(queue);
  }

  /** Also what becomes of it when its process ends in any other way. */
  async release(): Promise<void> {
    this.isGone = true;
  }
}

const bytesOf = (entries: readonly SpoolEntry[]): number => entries.reduce((sum, { bytes }) => sum + bytes, 0);

class MemoryQueue implements SpoolQueue {
  private entries: SpoolEntry[] = [];
  private parked: SpoolEntry[] = [];
  private nextSequence = 1;

  constructor(
    readonly name: string,
    readonly logId: LogId,
  ) {}

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  get bytesHeld(): number {
    return bytesOf(this.entries) + bytesOf(this.parked);
  }

  async append(frames: readonly Buffer[]): Promise<void> {
    for (const frame of frames) this.entries.push(unframeEntry(this.nextSequence++, frame));
  }

  read({ messagesMax, bytesMax }: ReadLimits): SpoolEntry[] {
    const read: SpoolEntry[] = [];
    let bytes = 0;
    for (const entry of this.entries) {
      bytes += entry.bytes;
      if (read.length >= messagesMax || (read.length > 0 && bytes > bytesMax)) break;
      read.push(entry);
    }
    return read;
  }

  async remove(last: number): Promise<void> {
    this.entries = this.entries.filter(({ sequence }) => sequence > last);
  }

  async park(entry: SpoolEntry): Promise<void> {
    this.parked.push(entry);
    await this.remove(entry.sequence);
  }

  async unpark(): Promise<void> {
    for (const entry of this.parked.splice(0)) this.entries.push({ ...entry, sequence: this.nextSequence++ });
  }

  figures(): SpoolFigures {
    return {
      messages: this.entries.length,
      bytes: bytesOf(this.entries),
      oldestAtMs: this.entries[0]?.spooledAtMs ?? null,
      parkedMessages: this.parked.length,
      parkedBytes: bytesOf(this.parked),
    };
  }

  async probe(): Promise<void> {
    // There is always room.
  }

  async close(): Promise<void> {
    // What it holds stays with its place.
  }
}
