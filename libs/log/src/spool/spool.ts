import { rm } from 'node:fs/promises';
import type { EncodedMessage, FoldedTopic, LogId } from '@logbook/contracts';
import { LogbookError, LogMismatchError, LogUnavailableError } from '@logbook/core';
import { measureMessages } from '../message-limits.js';
import { SpoolDirectories, syncDirectory } from './spool-directories.js';
import { frameEntry, type SpoolEntry } from './spool-entry.js';
import { type ReadLimits, type SpoolFigures, SpoolStore } from './spool-store.js';

export interface SpoolOptions {
  /** Where the spools of every process of this data directory lie. */
  readonly dir: string;
  readonly logId: LogId;
  /** The most bytes this process holds, refused messages included. */
  readonly bytesMax: number;
  /** The most bytes of a message's value: what the log would refuse is refused here too. */
  readonly messageBytesMax: number;
}

/** The first messages of a spool directory, in order. */
export interface SpoolBatch {
  readonly entries: readonly SpoolEntry[];
  readonly store: SpoolStore;
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
    private readonly options: SpoolOptions,
    private readonly directories: SpoolDirectories,
    private readonly own: SpoolStore,
    /** Oldest first. */
    private readonly adopted: SpoolStore[],
  ) {}

  /** Rejects with `LogMismatchError`, and touches nothing, where a process left messages for another log. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const directories = await SpoolDirectories.claim(options.dir);
    const opened: SpoolStore[] = [];
    try {
      for (const dir of await directories.adopt()) opened.push(...(await openLeft(dir, options.logId)));
      const ownDir = await directories.make();
      const own = await SpoolStore.create(ownDir, options.logId);
      opened.push(own);
      await syncDirectory(ownDir);
      await directories.sync();
      const adopted = opened.filter((store) => store !== own).sort((a, b) => ageOf(a) - ageOf(b));
      return new Spool(options, directories, own, adopted);
    } catch (error) {
      await Promise.all(opened.map((store) => store.close()));
      await directories.release();
      throw error;
    }
  }

  /** Whether nothing waits for the log and nothing is on its way to the disk. */
  get isEmpty(): boolean {
    return this.putting.size === 0 && this.stores().every((store) => store.isEmpty);
  }

  /**
   * Rejects with `MessageTooLargeError`, or with `LogUnavailableError` when the spool is full or the disk refuses; nothing
   * of the call is kept then.
   */
  async put(topic: FoldedTopic, messages: readonly EncodedMessage[]): Promise<void> {
    measureMessages(topic, messages, this.options.messageBytesMax);
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
    const store = this.stores().find(({ isEmpty }) => !isEmpty);
    return store === undefined ? undefined : { store, entries: store.read(limits) };
  }

  /** Forgets a batch that the log has taken. See `SpoolStore.remove` for what a rejection means. */
  async remove({ entries, store }: SpoolBatch): Promise<void> {
    const last = entries.at(-1);
    if (last !== undefined) await store.remove(last.sequence).catch(diskRefused);
    await this.dropIfDone(store);
  }

  /** Lays a message aside that the log will never take. */
  async park({ entries: [entry], store }: SpoolBatch, reason: string): Promise<void> {
    if (entry !== undefined) await store.park(entry, reason).catch(diskRefused);
  }

  figures(): SpoolFigures {
    return sumOf(this.stores().map((store) => store.figures()));
  }

  /** Whether a message of the largest size would be taken now. */
  async accepts(): Promise<boolean> {
    try {
      this.requireRoom(this.options.messageBytesMax);
      await this.own.probe(this.options.messageBytesMax);
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
    for (const store of [...this.stores()]) {
      const { messages, parkedMessages } = store.figures();
      await store.close();
      if (messages === 0 && parkedMessages === 0) await rm(store.dir, { recursive: true, force: true });
    }
    await this.directories.release();
  }

  private stores(): readonly SpoolStore[] {
    return [...this.adopted, this.own];
  }

  private requireRoom(bytes: number): void {
    if (this.closing !== undefined) throw new LogUnavailableError('the spool is closed');
    if (this.pendingBytes > 0 && this.pendingBytes + bytes > PENDING_BYTES_MAX) {
      throw new LogUnavailableError(
        `more than ${PENDING_BYTES_MAX} bytes wait to be spooled; the disk does not keep up`,
      );
    }
    const used = this.stores().reduce((sum, { bytesHeld }) => sum + bytesHeld, this.pendingBytes);
    if (used + bytes > this.options.bytesMax) {
      throw new LogUnavailableError(
        `the spool is full: it holds ${used} of ${this.options.bytesMax} bytes (LOGBOOK_SPOOL_BYTES_MAX)`,
      );
    }
  }

  /** Nothing is ever added to an adopted directory, so an empty one has served. */
  private async dropIfDone(store: SpoolStore): Promise<void> {
    const place = this.adopted.indexOf(store);
    if (place === -1 || !store.isEmpty || store.figures().parkedMessages > 0) return;
    this.adopted.splice(place, 1);
    await store.close();
    await rm(store.dir, { recursive: true, force: true });
  }
}

/** What a process that is gone has left, or nothing where it left nothing. */
async function openLeft(dir: string, logId: LogId): Promise<SpoolStore[]> {
  const store = SpoolStore.openExisting(dir);
  const figures = store?.figures();
  if (store === undefined || figures === undefined || figures.messages + figures.parkedMessages === 0) {
    await store?.close();
    await rm(dir, { recursive: true, force: true });
    return [];
  }
  if (store.logId !== logId) {
    const count = figures.messages + figures.parkedMessages;
    const other = store.logId;
    await store.close();
    throw new LogMismatchError(
      `${dir} holds ${count} accepted messages for log ${other}, but this is log ${logId}: ` +
        'start a gateway on the log they are for, so that it takes them there, or set LOGBOOK_DATA_DIR to a directory of its own for this log',
    );
  }
  await store.unpark();
  return [store];
}

const ageOf = (store: SpoolStore): number => store.figures().oldestAtMs ?? Number.MAX_SAFE_INTEGER;

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
