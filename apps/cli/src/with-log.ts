import { DataDirectory, readOwner, readSettings, type Settings } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlCommands, ControlFollower, openLog, type LogLocation } from '@logbook/log';
import { createLogger, driverLogger } from '@logbook/observability';
import { openStore, type Store, type StoreOptions } from '@logbook/store';
import { CommandError } from './command-error.js';

/** `ce_source` of what commands append. */
export const SOURCE = 'logbook/cli';

export interface OpenedLog {
  readonly settings: Settings;
  readonly log: Log;
  readonly control: ControlFollower;
  readonly commands: ControlCommands;
}

/** Opens the log the environment names, beside a server that may be running on it, and closes it afterwards. */
export async function withLog<T>(action: (opened: OpenedLog) => Promise<T>): Promise<T> {
  const settings = readSettings('cli');
  const log = await openLogAt(settings.log, settings);
  try {
    const partitions = settings.log.kind === 'kafka' ? DEFAULT_PARTITION_COUNTS : EMBEDDED_PARTITION_COUNTS;
    const control = await ControlFollower.open({ log, source: SOURCE, partitions });
    try {
      return await action({ settings, log, control, commands: new ControlCommands(control, SOURCE) });
    } finally {
      await control.stop();
    }
  } finally {
    await log.close();
  }
}

/** Opens a log that a command names, with the limits and the log level of the environment. */
export function openLogAt(location: LogLocation, settings: Settings): Promise<Log> {
  // What a command fails of is its last line; the client library's own lines are for who asks for them.
  const isAskedFor = settings.logLevel === 'debug' || settings.logLevel === 'trace';
  const logger = driverLogger(createLogger({ level: isAskedFor ? settings.logLevel : 'silent', service: 'cli' }));
  return openLog({
    ...settings.kafkaSecurity,
    ...location,
    messageBytesMax: settings.eventBytesMax,
    clientId: SOURCE,
    logger,
  });
}

/**
 * Opens the projections and closes them afterwards. The embedded ones belong to the server that runs on the data
 * directory; their files are opened here only when nobody owns it, and then it is owned meanwhile.
 */
export async function withStore<T>(settings: Settings, action: (store: Store) => Promise<T>): Promise<T> {
  const attached = attachedTo(settings);
  const directory =
    settings.store.kind === 'embedded' && attached === undefined ? DataDirectory.claim(settings.dataDir) : undefined;
  try {
    const store = await openStore(attached ?? settings.store);
    try {
      return await action(store);
    } finally {
      await store.close();
    }
  } finally {
    directory?.release();
  }
}

/** The projections of the server that owns the data directory; `undefined` where they are not embedded, or no server runs. */
function attachedTo(settings: Settings): StoreOptions | undefined {
  const owner = settings.store.kind === 'embedded' ? readOwner(settings.dataDir) : undefined;
  if (owner === undefined) return undefined;
  if (owner.databaseUrl !== null) return { kind: 'attached', url: owner.databaseUrl };
  throw new CommandError(
    `process ${owner.pid} owns ${settings.dataDir} and has not opened its projections: ` +
      'it is starting, so try again in a moment, or it keeps them elsewhere, so set DATABASE_URL as it does',
  );
}
