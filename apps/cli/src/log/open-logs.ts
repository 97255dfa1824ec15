import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataDirectory, type Settings } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS, type PartitionCounts } from '@logbook/contracts';
import { CopyTarget, openLogSource, type CopySource, type LogLocation } from '@logbook/log';
import { CommandError } from '../command-error.js';
import { openLogAt, SOURCE } from '../with-log.js';
import { nameOf } from './log-address.js';

/** Opens a log as a source beside whoever else works on it, and closes it afterwards. */
export async function withSource<T>(
  location: LogLocation,
  settings: Settings,
  action: (source: CopySource) => Promise<T>,
): Promise<T> {
  // Opening an embedded log makes its directory; a mistyped one must not become an empty log.
  if (location.kind === 'embedded' && !existsSync(location.dir)) {
    throw new CommandError(`there is no log at ${nameOf(location)}: name the directory that LOGBOOK_DATA_DIR names`);
  }
  const log = await openLogAt(location, settings);
  try {
    return await action(await openLogSource(log));
  } finally {
    await log.close();
  }
}

export interface TargetOptions {
  readonly location: LogLocation;
  readonly settings: Settings;
  readonly source: CopySource;
  readonly asked: Partial<PartitionCounts>;
}

/** Opens a log to copy into. An embedded one is claimed: no server may start on it, nor a second copy. */
export async function withTarget<T>(options: TargetOptions, action: (target: CopyTarget) => Promise<T>): Promise<T> {
  const { location, settings, source, asked } = options;
  const claimed = location.kind === 'embedded' ? DataDirectory.claim(resolve(location.dir, '..')) : undefined;
  try {
    const log = await openLogAt(location, settings);
    try {
      const target = await CopyTarget.open({
        log,
        source: source.genesis,
        partitions: location.kind === 'kafka' ? DEFAULT_PARTITION_COUNTS : EMBEDDED_PARTITION_COUNTS,
        asked,
        recordDir: join(claimed?.dir ?? settings.dataDir, 'copies'),
        writtenBy: SOURCE,
      });
      return await action(target);
    } finally {
      await log.close();
    }
  } finally {
    claimed?.release();
  }
}
