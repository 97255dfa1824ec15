import { mkdir } from 'node:fs/promises';
import { type Database, open, type RootDatabase } from 'lmdb';
import { type LogId, offset, type StoredMessage } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { requireDiskRoom } from '../disk-room.js';

/** A message as JSON: bytes in base64, headers as pairs in their order. */
interface KeptMessage {
  readonly key: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
  readonly value: string | null;
}

const LOG_ID = 'log-id';

/**
 * The `control` topic of one log in a data directory, so that a process can start, and knows who may come in, while the
 * log is away. It holds the log's secret and the hashes of keys, so only its owner may read it.
 *
 * Several processes of one data directory keep the same copy. It only grows, so a slower one takes nothing back.
 */
export class ControlCopy {
  private readonly root: RootDatabase;
  private readonly kept: Database<KeptMessage, number>;
  private readonly settings: Database<string, string>;
  /** What the disk refused; kept with the next messages, so that no hole is left. */
  private unkept: readonly StoredMessage[] = [];

  private constructor(readonly dir: string) {
    this.root = open({ path: dir, noSubdir: false, overlappingSync: false });
    this.kept = this.root.openDB<KeptMessage, number>({ name: 'messages', encoding: 'json' });
    this.settings = this.root.openDB<string, string>({ name: 'settings', encoding: 'string' });
  }

  static async open(dir: string): Promise<ControlCopy> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return new ControlCopy(dir);
  }

  /** What was kept, in order; empty where no process has followed the log from here yet. */
  messages(): StoredMessage[] {
    this.root.resetReadTxn();
    return [...this.kept.getRange()].map(({ key, value }) => restored(key, value));
  }

  /** Rejects with `LogMismatchError` where the copy is of another log, and with `LogUnavailableError` where the disk has no room. */
  async keep(logId: LogId, messages: readonly StoredMessage[]): Promise<void> {
    const all = [...this.unkept, ...messages];
    this.unkept = all;
    requireDiskRoom(
      this.dir,
      all.reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
    );
    await this.root.childTransaction(() => {
      const bound = this.settings.get(LOG_ID);
      if (bound !== undefined && bound !== logId) throw anotherLog({ dir: this.dir, copied: bound, found: logId });
      this.settings.putSync(LOG_ID, logId);
      for (const message of all) this.kept.putSync(message.offset, keptOf(message));
    });
    this.unkept = this.unkept.slice(all.length);
  }

  async close(): Promise<void> {
    await this.root.close();
  }
}

export const anotherLog = ({ dir, copied, found }: { dir: string; copied: string; found: string }): LogMismatchError =>
  new LogMismatchError(
    `${dir} is a copy of the control topic of log ${copied}, but KAFKA_BROKERS and LOGBOOK_TOPIC_PREFIX lead to ${found}: ` +
      'point Logbook at the log the data directory belongs to, or set LOGBOOK_DATA_DIR to a directory of its own for this one; ' +
      'what is spooled there is kept',
  );

function keptOf({ key, headers, value }: StoredMessage): KeptMessage {
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((each) => [name, each === undefined ? null : Buffer.from(each).toString('base64')] as const),
  );
  return { key: key?.toString('base64') ?? null, headers: pairs, value: value?.toString('base64') ?? null };
}

function restored(at: number, { key, headers, value }: KeptMessage): StoredMessage {
  const restoredHeaders: Record<string, Buffer | Buffer[]> = {};
  for (const [name, text] of headers) {
    if (text === null) continue;
    const bytes = Buffer.from(text, 'base64');
    const before = restoredHeaders[name];
    restoredHeaders[name] = before === undefined ? bytes : [before, bytes].flat();
  }
  return {
    topic: 'control',
    partition: 0,
    offset: offset(at),
    key: key === null ? null : Buffer.from(key, 'base64'),
    headers: restoredHeaders,
    value: value === null ? null : Buffer.from(value, 'base64'),
  };
}
