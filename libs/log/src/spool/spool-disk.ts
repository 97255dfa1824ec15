import type { LogId } from '@logbook/contracts';
import type { SpoolEntry } from './spool-entry.js';

/** How much there is: what waits for the log, and what the log has refused for good. */
export interface SpoolFigures {
  readonly messages: number;
  readonly bytes: number;
  /** When the first of those that wait was accepted. */
  readonly oldestAtMs: number | null;
  readonly parkedMessages: number;
  readonly parkedBytes: number;
}

export interface ReadLimits {
  readonly messagesMax: number;
  /** About: one message is always read. */
  readonly bytesMax: number;
}

/**
 * Messages in the order of acceptance, and the refused ones apart. Every change happens as a whole or not at all,
 * whenever its process ends, and a change that has resolved has happened. Rejects with what the disk says.
 */
export interface SpoolQueue {
  /** For people: where it is. */
  readonly name: string;
  readonly logId: LogId;
  readonly isEmpty: boolean;
  /** What it takes of the spool's bound. */
  readonly bytesHeld: number;

  /** Appends frames of `frameEntry` at the end, all or none; the order of the calls is the order of `read`. */
  append(frames: readonly Buffer[]): Promise<void>;

  /** The first messages, in order. */
  read(limits: ReadLimits): SpoolEntry[];

  /**
   * Removes the first messages, up to and with `last`. They are gone for this process at once; a rejection says that the
   * disk still has them, so another process would give them to the log again. The next removal tries these too.
   */
  remove(last: number): Promise<void>;

  /** Lays the first message aside with the reason. */
  park(entry: SpoolEntry, reason: string): Promise<void>;

  /** Puts what was laid aside at the end again: whoever starts a process may have mended what it was refused for. */
  unpark(): Promise<void>;

  figures(): SpoolFigures;

  /** Rejects if the disk would not take so many bytes now. */
  probe(bytes: number): Promise<void>;

  /** What it holds stays. */
  close(): Promise<void>;
}

/** What one process has of the place where the spools of a data directory lie; its own until it is gone or released. */
export interface SpoolDisk {
  /** Takes over what processes that are gone have left, each by one process alone; those of the oldest owner first. */
  adopt(): AsyncIterable<SpoolQueue>;
  /** Makes an empty queue for a log; resolved means that its messages will be found again. */
  create(logId: LogId): Promise<SpoolQueue>;
  /** Closes a queue that has served, and removes it. */
  discard(queue: SpoolQueue): Promise<void>;
  release(): Promise<void>;
}
