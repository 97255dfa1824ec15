import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { LogId } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { requireDiskRoom } from '../disk-room.js';
import type { ReadLimits, SpoolFigures, SpoolQueue } from './spool-disk.js';
import { type SpoolEntry, unframeEntry } from './spool-entry.js';

const FORMAT = 1;
const FIRST_SEQUENCE = 1;
/** With the usual 4 KiB a message of 1.3 KiB takes twice to three times its size of the disk; with these a fifth more. */
const PAGE_BYTES = 16 * 1024;

/** What a spool directory says of itself. Messages outside `[begin, end)` do not exist. */
interface State {
  readonly format: number;
  readonly logId: LogId;
  readonly begin: number;
  readonly end: number;
  readonly bytes: number;
  readonly parkedMessages: number;
  readonly parkedBytes: number;
}

/** A message that the log refused for good, and what it said. */
export interface ParkedEntry extends SpoolEntry {
  readonly reason: string;
}

/**
 * One spool directory: messages in the order of acceptance, and the refused ones apart, in an LMDB environment.
 *
 * Every change is one transaction that the state is part of, so a crash at any moment, or a write that fails half-way,
 * leaves the queue as it was before or after it.
 */
export class SpoolStore implements SpoolQueue {
  private readonly root: RootDatabase;
  private readonly messages: Database<Buffer, number>;
  private readonly parked: Database<Buffer, number>;
  private readonly reasons: Database<string, number>;
  private readonly settings: Database<State, string>;
  /** Ahead of the disk's where a removal failed: what was given to the log is not given again by this process. */
  private begin = 0;
  /** What appends under way bring to the disk. */
  private unwritten = 0;

  private constructor(
    /** Its directory. */
    readonly name: string,
    options: { readonly readOnly: boolean },
  ) {
    this.root = open({
      path: name,
      noSubdir: false,
      readOnly: options.readOnly,
      pageSize: PAGE_BYTES,
      // With overlapping sync a commit is visible before it is on the disk. Without it a transaction's promise
      // resolves after fdatasync, and a spooled message survives the loss of power (lmdb, "Overlapping Sync Options").
      overlappingSync: false,
    });
    this.messages = this.root.openDB<Buffer, number>({ name: 'messages', encoding: 'binary' });
    this.parked = this.root.openDB<Buffer, number>({ name: 'parked', encoding: 'binary' });
    this.reasons = this.root.openDB<string, number>({ name: 'reasons', encoding: 'string' });
    this.settings = this.root.openDB<State, string>({ name: 'settings', encoding: 'json' });
  }

  /** Opens a directory to append to and drain; `undefined` where a crash came before it said whose it is. */
  static openExisting(dir: string): SpoolStore | undefined {
    return SpoolStore.opened(dir, { readOnly: false });
  }

  /** Opens a directory beside the process that owns it. */
  static openBeside(dir: string): SpoolStore | undefined {
    return existsSync(join(dir, 'data.mdb')) ? SpoolStore.opened(dir, { readOnly: true }) : undefined;
  }

  /** Makes a spool for a log. */
  static async create(dir: string, logId: LogId): Promise<SpoolStore> {
    const store = new SpoolStore(dir, { readOnly: false });
    const empty = { begin: FIRST_SEQUENCE, end: FIRST_SEQUENCE, bytes: 0, parkedMessages: 0, parkedBytes: 0 };
    await store.write(() => store.settings.putSync('state', { format: FORMAT, logId, ...empty }));
    store.begin = FIRST_SEQUENCE;
    return store;
  }

  private static opened(dir: string, options: { readonly readOnly: boolean }): SpoolStore | undefined {
    const store = new SpoolStore(dir, options);
    const state = store.settings.get('state');
    if (state === undefined) {
      void store.close();
      return undefined;
    }
    if (state.format !== FORMAT) {
      void store.close();
      throw new LogMismatchError(`the spool ${dir} has format ${state.format}; this release reads ${FORMAT}`);
    }
    store.begin = state.begin;
    return store;
  }

  get logId(): LogId {
    return this.state.logId;
  }

  get isEmpty(): boolean {
    return this.begin >= this.state.end;
  }

  get bytesHeld(): number {
    this.root.resetReadTxn();
    const { bytes, parkedBytes } = this.state;
    return bytes + parkedBytes;
  }

  /** Appends at the end, in one transaction shared with the other appends of the moment; resolves once it is on the disk. */
  async append(frames: readonly Buffer[]): Promise<void> {
    this.unwritten += bytesOf(frames);
    try {
      await this.appendInRoom(frames);
    } finally {
      this.unwritten -= bytesOf(frames);
    }
  }

  private async appendInRoom(frames: readonly Buffer[]): Promise<void> {
    await this.write(() => {
      const state = this.state;
      let { end, bytes } = state;
      for (const frame of frames) {
        // Sequences only grow, and LMDB fills its pages when it is told so.
        this.messages.putSync(end, frame, { append: true });
        end += 1;
        bytes += frame.length;
      }
      this.settings.putSync('state', { ...state, end, bytes });
    });
  }

  read({ messagesMax, bytesMax }: ReadLimits): SpoolEntry[] {
    this.root.resetReadTxn();
    const { end } = this.state;
    const entries: SpoolEntry[] = [];
    let bytes = 0;
    for (let sequence = this.begin; sequence < end && entries.length < messagesMax; sequence += 1) {
      const frame = this.frame(sequence);
      bytes += frame.length;
      if (entries.length > 0 && bytes > bytesMax) break;
      entries.push(unframeEntry(sequence, frame));
    }
    return entries;
  }

  async remove(last: number): Promise<void> {
    this.begin = Math.max(this.begin, last + 1);
    const begin = this.begin;
    await this.write(() => {
      const state = this.state;
      let { bytes } = state;
      for (let sequence = state.begin; sequence < begin; sequence += 1) {
        bytes -= this.frame(sequence).length;
        this.messages.removeSync(sequence);
      }
      this.settings.putSync('state', { ...state, begin: Math.max(state.begin, begin), bytes });
    });
  }

  async park({ sequence }: SpoolEntry, reason: string): Promise<void> {
    await this.write(() => {
      const state = this.state;
      const frame = this.frame(sequence);
      this.parked.putSync(sequence, frame);
      this.reasons.putSync(sequence, reason);
      this.settings.putSync('state', {
        ...state,
        parkedMessages: state.parkedMessages + 1,
        parkedBytes: state.parkedBytes + frame.length,
      });
    });
    await this.remove(sequence);
  }

  async unpark(): Promise<void> {
    for (const { sequence } of this.parkedEntries()) {
      await this.write(() => {
        const state = this.state;
        const frame = this.parked.get(sequence);
        if (frame === undefined) return;
        this.messages.putSync(state.end, frame, { append: true });
        this.parked.removeSync(sequence);
        this.reasons.removeSync(sequence);
        this.settings.putSync('state', {
          ...state,
          end: state.end + 1,
          bytes: state.bytes + frame.length,
          parkedMessages: state.parkedMessages - 1,
          parkedBytes: state.parkedBytes - frame.length,
        });
      });
    }
  }

  parkedEntries(): ParkedEntry[] {
    this.root.resetReadTxn();
    return [...this.parked.getRange()].map(({ key, value }) => ({
      ...unframeEntry(key, value),
      reason: this.reasons.get(key) ?? '',
    }));
  }

  figures(): SpoolFigures {
    this.root.resetReadTxn();
    const { begin, end, bytes, parkedMessages, parkedBytes } = this.state;
    // Beside its process, what was first when the directory was opened may be drained by now.
    const first = Math.max(begin, this.begin);
    const messages = Math.max(0, end - first);
    const oldestAtMs = messages === 0 ? null : unframeEntry(first, this.frame(first)).spooledAtMs;
    return { messages, bytes, oldestAtMs, parkedMessages, parkedBytes };
  }

  async probe(bytes: number): Promise<void> {
    requireDiskRoom(this.name, this.unwritten + bytes);
    await this.write(() => this.settings.putSync('state', this.state));
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  /** One transaction, which there is room for. Rejects with `LogUnavailableError` where there is none. */
  private async write(change: () => unknown): Promise<void> {
    requireDiskRoom(this.name, this.unwritten);
    await this.root.childTransaction(change);
  }

  private get state(): State {
    const state = this.settings.get('state');
    if (state === undefined) throw new LogMismatchError(`${this.name} is no spool`);
    return state;
  }

  private frame(sequence: number): Buffer {
    const frame = this.messages.get(sequence);
    if (frame === undefined) throw new LogMismatchError(`the spool ${this.name} has lost its message ${sequence}`);
    return frame;
  }
}

const bytesOf = (frames: readonly Buffer[]): number => frames.reduce((sum, { length }) => sum + length, 0);
