import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogId, TopicPartition } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import type { CopyPlaces } from './copy-places.js';

const FORMAT = 1;

/** How far a copy is. It is on the disk before the messages of the step it names are appended. */
export interface CopyRecord {
  readonly source: LogId;
  readonly target: LogId;
  /** Everything of the source before these is in the target … */
  readonly copied: CopyPlaces;
  /** … and is all that the target holds before these. */
  readonly written: CopyPlaces;
  /** Past `written` the target may hold messages of this partition of the source alone, in their order from `copied` on. */
  readonly step: TopicPartition | null;
}

const pathOf = (dir: string, target: LogId): string => join(dir, `${target}.json`);

/** The record of the copy into a log, kept in `dir`; `undefined` if there is none. */
export async function loadCopyRecord(dir: string, target: LogId): Promise<CopyRecord | undefined> {
  const path = pathOf(dir, target);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { format, ...record } = JSON.parse(text) as CopyRecord & { format: number };
  if (format !== FORMAT)
    throw new LogMismatchError(`${path} has format ${format}; this release reads ${FORMAT}: go on with that release`);
  return record;
}

/** Whole or not at all, and on the disk, also when the power fails. */
export async function saveCopyRecord(dir: string, record: CopyRecord): Promise<void> {
  await mkdir(dir, { recursive: true });
  const path = pathOf(dir, record.target);
  const draft = await open(`${path}.draft`, 'w', 0o600);
  try {
    await draft.writeFile(JSON.stringify({ format: FORMAT, ...record }));
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.draft`, path);
  const folder = await open(dir, 'r');
  await folder.sync().finally(() => folder.close());
}
