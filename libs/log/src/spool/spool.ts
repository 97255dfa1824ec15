import type { EncodedMessage, FoldedTopic, LogId } from '@logbook/contracts';
import { LogbookError, LogMismatchError, LogUnavailableError } from '@logbook/core';
import { measureMessages } from '../message-limits.js';
import { LmdbSpoolDisk } from './lmdb-spool-disk.js';
import type { ReadLimits, SpoolDisk, SpoolFigures, SpoolQueue } from './spool-disk.js';
import { frameEntry, type SpoolEntry } from './spool-entry.js';

export interface SpoolLimits {
  readonly logId: LogId;
  /** The most bytes this process holds, refused messages included. */
  readonly bytesMax: number;
  /** The most bytes of a message's value: what the log would refuse is refused here too. */
  readonly messageBytesMax: number;
}

export interface SpoolOptions extends SpoolLimits {
  /** Where the spools of every process of this data directory lie. */
  readonly dir: string;
}

/** The first messages of a queue, in order. */
export interface SpoolBatch {
  readonly entries: readonly SpoolEntry[];
  readonly queue: SpoolQueue;
}

/** Messages that wait for the disk stay in memory, however slow it is. */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The durable, bounded queue of one process. It appends to a directory of its own and drains, before that, those it has
 * adopted from processes that are gone. Resolved means on the disk; the order of `put` calls is the order of `next`.
 */
export class Spool {
  private pendingBytes = 0;
  private readonly putting = new Set<Promise<void>>();
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly limits: SpoolLimits,
    private readonly disk: SpoolDisk,
    private readonly own: SpoolQueue,
    /** Oldest first. */
    private readonly adopted: SpoolQueue[],
  ) {}

  /** Rejects with `LogMismatchError`, and touches nothing, where a process left messages for another log. */
  static async open(options: SpoolOptions): Promise<Spool> {
    return Spool.on(await LmdbSpoolDisk.claim(options.dir), options);
  }

  /** `open` on a disk that is claimed; releases it when it rejects. */
  static async on(disk: SpoolDisk, limits: SpoolLimits): Promise<Spool> {
    const opened: SpoolQueue[] = [];
    try {
      for await (const left of disk.adopt()) {
        if (await takeOver(disk, left, limits.logId)) opened.push(left);
      }
      const adopted = [...opened].sort((a, b) => ageOf(a) - ageOf(b));
      const own = await disk.create(limits.logId);
      return new Spool(limits, disk, own, adopted);
    } catch (error) {
      await Promise.all(opened.map((queue) => queue.close()));
      await disk.release();
      throw error;
    }
  }

  /** Whether nothing waits for the log and nothing is on its way to the disk. */
  get isEmpty(): boolean {
    return this.putting.size === 0 && this.queues().every((queue) => queue.isEmpty);
  }

  /**
   * Rejects with `MessageTooLargeError`, or with `LogUnavailableError` when the spool is full or the disk refuses; nothing
   * of the call is kept then.
   */
  async put(topic: FoldedTopic, messages: readonly EncodedMessage[]): Promise<void> {
    measureMessages(topic, messages, this.limits.messageBytesMax);
    const spooledAtMs = Date.now();
    const frames = messages.map((message) => frameEntry(topic, message, spooledAtMs));
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    this.requireRoom(bytes);
    this.pendingBytes += bytes;
    const put = this.own
      .append(frames)
      .catch(diskRefused)
      .finally(() => {
        this.pendingBytes -= bytes;
        this.putting.delete(put);
      });
    this.putting.add(put);
    await put;
  }

  /** Resolves when the puts under way have ended, one way or the other. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.putting);
  }

  /** What waits longest, or `undefined` where nothing is on the disk. */
  next(limits: ReadLimits): SpoolBatch | undefined {
    const queue = this.queues().find(({ isEmpty }) => !isEmpty);
    return queue === undefined ? undefined : { queue, entries: queue.read(limits) };
  }

  /** Forgets a batch that the log has taken. See `SpoolQueue.remove` for what a rejection means. */
  async remove({ entries, queue }: SpoolBatch): Promise<void> {
    const last = entries.at(-1);
    if (last !== undefined) await queue.remove(last.sequence).catch(diskRefused);
    await this.dropIfDone(queue);
  }

  /** Lays a message aside that the log will never take. */
  async park({ entries: [entry], queue }: SpoolBatch, reason: string): Promise<void> {
    if (entry !== undefined) await queue.park(entry, reason).catch(diskRefused);
  }

  figures(): SpoolFigures {
    return sumOf(this.queues().map((queue) => queue.figures()));
  }

  /** Whether a message of the largest size would be taken now. */
  async accepts(): Promise<boolean> {
    try {
      this.requireRoom(this.limits.messageBytesMax);
      await this.own.probe(this.limits.messageBytesMax);
      return true;
    } catch {
      return false;
    }
  }

  /** What it holds stays on the disk, for whichever process starts next. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private async release(): Promise<void> {
    await this.settled();
    for (const queue of this.queues()) {
      const { messages, parkedMessages } = queue.figures();
      if (messages === 0 && parkedMessages === 0) await this.disk.discard(queue);
      else await queue.close();
    }
    await this.disk.release();
  }

  private queues(): readonly SpoolQueue[] {
    return [...this.adopted, this.own];
  }

  private requireRoom(bytes: number): void {
    if (this.closing !== undefined) throw new LogUnavailableError('the spool is closed');
    if (this.pendingBytes > 0 && this.pendingBytes + bytes > PENDING_BYTES_MAX) {
      throw new LogUnavailableError(
        `more than ${PENDING_BYTES_MAX} bytes wait to be spooled; the disk does not keep up`,
      );
    }
    const used = this.queues().reduce((sum, { bytesHeld }) => sum + bytesHeld, this.pendingBytes);
    if (used + bytes > this.limits.bytesMax) {
      throw new LogUnavailableError(
        `the spool is full: it holds ${used} of ${this.limits.bytesMax} bytes (LOGBOOK_SPOOL_BYTES_MAX)`,
      );
    }
  }

  /** Nothing is ever added to an adopted directory, so an empty one has served. */
  private async dropIfDone(queue: SpoolQueue): Promise<void> {
    const place = this.adopted.indexOf(queue);
    if (place === -1 || !queue.isEmpty || queue.figures().parkedMessages > 0) return;
    this.adopted.splice(place, 1);
    await this.disk.discard(queue);
  }
}

/** Whether a queue that a process has left holds anything for this log; one that holds nothing is discarded. */
async function takeOver(disk: SpoolDisk, left: SpoolQueue, logId: LogId): Promise<boolean> {
  const { messages, parkedMessages } = left.figures();
  const count = messages + parkedMessages;
  if (count === 0) {
    await disk.discard(left);
    return false;
  }
  if (left.logId !== logId) {
    const other = left.logId;
    await left.close();
    throw new LogMismatchError(
      `${left.name} holds ${count} accepted messages for log ${other}, but this is log ${logId}: ` +
        'start a gateway on the log they are for, so that it takes them there, or set LOGBOOK_DATA_DIR to a directory of its own for this log',
    );
  }
  await left.unpark();
  return true;
}

const ageOf = (queue: SpoolQueue): number => queue.figures().oldestAtMs ?? Number.MAX_SAFE_INTEGER;

function sumOf(all: readonly SpoolFigures[]): SpoolFigures {
  const oldest = all.flatMap(({ oldestAtMs }) => (oldestAtMs === null ? [] : [oldestAtMs]));
  return {
    messages: all.reduce((sum, { messages }) => sum + messages, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    oldestAtMs: oldest.length === 0 ? null : Math.min(...oldest),
    parkedMessages: all.reduce((sum, { parkedMessages }) => sum + parkedMessages, 0),
    parkedBytes: all.reduce((sum, { parkedBytes }) => sum + parkedBytes, 0),
  };
}

/** What LMDB refuses (a full disk, a lost mount) may be mended by waiting; our own errors keep their meaning. */
function diskRefused(error: unknown): never {
  if (error instanceof LogbookError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw new LogUnavailableError(`the disk of the spool refused: ${reason}`, { cause: error });
}
