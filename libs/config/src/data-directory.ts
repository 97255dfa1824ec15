import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogId } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { claimFile, readHolder, readIfThere, thisProcess, type HoldingProcess } from './process-file.js';
import { StartError } from './run-service.js';

/** Who runs on a data directory, as others see it. */
export interface DirectoryOwner extends HoldingProcess {
  /** Where the embedded Postgres of that process listens, once it does. */
  readonly databaseUrl: string | null;
}

const OWNER_FILE = 'owner.json';
const LOG_ID_FILE = 'log-id';
const API_KEY_FILE = 'api-key';

/** The owner of a data directory if one is running; the CLI connects to its Postgres instead of opening the files. */
export function readOwner(dir: string): DirectoryOwner | undefined {
  return readHolder<DirectoryOwner>(join(dir, OWNER_FILE));
}

/** A data directory owned by this process: one process at a time, one log for ever. */
export class DataDirectory {
  private constructor(
    readonly dir: string,
    private owner: DirectoryOwner,
  ) {}

  /** Makes the directory if needed. Throws `StartError` when another process owns it. */
  static claim(dir: string): DataDirectory {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const owner = { ...thisProcess(), databaseUrl: null };
    const other = claimFile<DirectoryOwner>(join(dir, OWNER_FILE), owner);
    if (other === undefined) return new DataDirectory(dir, owner);
    throw new StartError(
      `${dir} is in use by process ${other.pid}: stop it, or set LOGBOOK_DATA_DIR to another directory`,
    );
  }

  /** Tells others where the embedded Postgres of this process listens. */
  publish(database: { readonly url: string }): void {
    this.owner = { ...this.owner, databaseUrl: database.url };
    this.replace(OWNER_FILE, JSON.stringify(this.owner), 0o600);
  }

  /** Binds the directory to a log. Throws `LogMismatchError` when it belongs to another. */
  bind(id: LogId): void {
    const bound = readIfThere(join(this.dir, LOG_ID_FILE))?.trim();
    if (bound === undefined) this.replace(LOG_ID_FILE, `${id}\n`, 0o644);
    else if (bound !== id) {
      throw new LogMismatchError(
        `${this.dir} belongs to log ${bound}, but this is log ${id}: ` +
          'set LOGBOOK_DATA_DIR to a directory of its own for this log, or point Logbook at the log the directory belongs to',
      );
    }
  }

  /** The key made at the first start, or `undefined`. */
  apiKey(): string | undefined {
    return readIfThere(join(this.dir, API_KEY_FILE))?.trim();
  }

  /** Keeps a key where only this user can read it. */
  keepApiKey(key: string): void {
    this.replace(API_KEY_FILE, `${key}\n`, 0o600);
  }

  release(): void {
    rmSync(join(this.dir, OWNER_FILE), { force: true });
  }

  /** Whole or not at all, also when the process dies half-way. */
  private replace(name: string, text: string, mode: number): void {
    const draft = join(this.dir, `${name}.${process.pid}`);
    writeFileSync(draft, text, { mode });
    renameSync(draft, join(this.dir, name));
  }
}
