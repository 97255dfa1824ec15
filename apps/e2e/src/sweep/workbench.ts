import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, readTestServices } from '@logbook/config';
import { EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog } from '@logbook/log';
import { openStore, type Store } from '@logbook/store';
import { createDatabase, uniqueName } from '@logbook/testing';
import { History } from './history.js';

/** An embedded log and a PostgreSQL database of its own: processes on them die and begin without a group to wait for. */
export interface Workbench {
  readonly log: Log;
  readonly history: History;
  readonly store: Store;
  /** What leads a process of Logbook to this log and this database. */
  readonly environment: Readonly<Record<string, string>>;
  /** One more database, empty, and what leads a process to this log and that database. */
  beside(): Promise<{ readonly store: Store; readonly environment: Readonly<Record<string, string>> }>;
  dispose(): Promise<void>;
}

export async function openWorkbench(): Promise<Workbench> {
  const directory = await mkdtemp(join(tmpdir(), 'logbook-sweep-'));
  await chmod(directory, 0o755);
  const opened: { readonly store: Store; drop(): Promise<void> }[] = [];
  const database = async () => {
    const { databaseUrl } = readTestServices();
    const { url, drop } = await createDatabase(databaseUrl, uniqueName('sweep').replaceAll('-', '_'));
    const store = await openStore({ kind: 'postgres', url });
    opened.push({ store, drop });
    return { store, environment: { LOGBOOK_DATA_DIR: join(directory, 'data'), DATABASE_URL: url, LOG_LEVEL: 'warn' } };
  };
  const { store, environment } = await database();
  const settings = readSettings('cli', environment);
  const log = await openLog({ ...settings.log, messageBytesMax: settings.eventBytesMax, clientId: 'logbook/e2e' });
  const control = await ControlFollower.open({ log, source: 'logbook/e2e', partitions: EMBEDDED_PARTITION_COUNTS });
  return {
    log,
    history: new History(log),
    store,
    environment,
    beside: database,
    dispose: async () => {
      await control.stop();
      await log.close();
      for (const each of opened) {
        await each.store.close();
        await each.drop();
      }
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
