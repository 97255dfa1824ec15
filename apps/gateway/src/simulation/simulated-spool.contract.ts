import { newMessageId, type LogId } from '@logbook/contracts';
import type { SpoolDisk, SpoolQueue } from '@logbook/log';
import type { SimulatedProcess } from '@logbook/testing';
import type { Faults } from './faults.contract.js';
import type { Flaw } from './flaws.contract.js';

type SpoolEntry = ReturnType<SpoolQueue['read']>[number];
type Figures = ReturnType<SpoolQueue['figures']>;

export interface SimulatedSpoolOptions {
  readonly process: SimulatedProcess;
  readonly disk: SpoolDisk;
  readonly faults: Faults;
  readonly flaw: Flaw | undefined;
}

/** A spool's disk in the hands of a process that may end between any two writes. */
export class SimulatedSpoolDisk implements SpoolDisk {
  constructor(private readonly options: SimulatedSpoolOptions) {}

  async *adopt(): AsyncGenerator<SpoolQueue> {
    const { process, disk, flaw } = this.options;
    if (flaw === 'ADOPTS_NO_SPOOL') return;
    const left = await process.perform({
      what: 'adopts spools',
      isLocal: true,
      effect: async () => {
        const queues: SpoolQueue[] = [];
        for await (const queue of disk.adopt()) queues.push(queue);
        return queues;
      },
    });
    for (const queue of left) yield new SimulatedQueue(queue, this.options);
  }

  async create(logId: LogId): Promise<SpoolQueue> {
    const { process, disk } = this.options;
    const queue = await process.perform({ what: 'makes a spool', isLocal: true, effect: () => disk.create(logId) });
    return new SimulatedQueue(queue, this.options);
  }

  discard(queue: SpoolQueue): Promise<void> {
    const { process, disk } = this.options;
    const { inner } = queue as SimulatedQueue;
    return process.perform({ what: 'discards a spool', isLocal: true, effect: () => disk.discard(inner) });
  }

  release(): Promise<void> {
    return this.options.disk.release();
  }
}

class SimulatedQueue implements SpoolQueue {
  constructor(
    readonly inner: SpoolQueue,
    private readonly options: SimulatedSpoolOptions,
  ) {}

  get name(): string {
    return this.inner.name;
  }
  get logId(): LogId {
    return this.inner.logId;
  }
  get isEmpty(): boolean {
    return this.inner.isEmpty;
  }
  get bytesHeld(): number {
    return this.inner.bytesHeld;
  }

  append(frames: readonly Buffer[]): Promise<void> {
    const written = this.write(`spools ${frames.length}`, () => this.inner.append(frames));
    if (this.options.flaw !== 'SPOOLS_WITHOUT_FSYNC') return written;
    written.catch(() => undefined);
    return Promise.resolve();
  }

  read(limits: Parameters<SpoolQueue['read']>[0]): SpoolEntry[] {
    const entries = this.inner.read(limits);
    return this.options.flaw === 'RENAMES_SPOOLED_EVENTS' ? entries.map(renamed) : entries;
  }

  remove(last: number): Promise<void> {
    return this.write(`forgets up to ${last}`, () => this.inner.remove(last));
  }
  park(entry: SpoolEntry, reason: string): Promise<void> {
    return this.write('parks one', () => this.inner.park(entry, reason));
  }
  unpark(): Promise<void> {
    return this.inner.unpark();
  }
  figures(): Figures {
    return this.inner.figures();
  }
  probe(bytes: number): Promise<void> {
    return this.write('probes', () => this.inner.probe(bytes));
  }
  close(): Promise<void> {
    return this.inner.close();
  }

  private write(what: string, effect: () => Promise<void>): Promise<void> {
    const { process, faults } = this.options;
    return process.perform({ what, effect, lane: this.name, ...faults.disk });
  }
}

const renamed = (entry: SpoolEntry): SpoolEntry => ({
  ...entry,
  message: { ...entry.message, headers: { ...entry.message.headers, ce_id: newMessageId() } },
});
