import type { FoldedTopic, Offset } from '@logbook/contracts';
import { StoreMismatchError } from '@logbook/core';
import { FOLDS, type Fold } from '@logbook/projections';
import type { GenerationName } from '../sql/identifiers.js';

/** A generation that can be written and read: its schema and the version of the fold that fills it. */
export interface Generation {
  readonly name: GenerationName;
  readonly foldVersion: number;
}

/** Per topic, the end of each partition; the index is the partition. */
export type LogEnds = Readonly<Record<FoldedTopic, readonly Offset[]>>;

/**
 * `FOLLOWED`: projectors keep it at the end of the log. `FROZEN`: filled up to a vector for an investigation, then left
 * alone. `SCRATCH`: filled by a verification and dropped after it. `DROPPED`: its tables are gone, its name stays taken.
 */
export type GenerationState = 'FOLLOWED' | 'FROZEN' | 'SCRATCH' | 'DROPPED';

/** What `ops` knows of a generation. Times are Unix milliseconds. */
export interface KnownGeneration extends Generation {
  /** Tells it from one of the same name in another database. */
  readonly id: string;
  readonly logId: string;
  readonly state: GenerationState;
  readonly createdAtMs: number;
  /** Readers use it now. */
  readonly pointedTo: boolean;
  /** Readers used it before the one they use now: `rollback` leads here. */
  readonly previous: boolean;
  /** When readers were first pointed to it; null: never, so it is being built, or stands apart. */
  readonly pointedAtMs: number | null;
  readonly verifiedAtMs: number | null;
  /** Where a generation that is not followed stops; null: at the end of the log. */
  readonly until: LogEnds | null;
  /** The time whose state it shows, where that is how `until` was found. */
  readonly asOfMs: number | null;
}

/** The fold that made a generation. */
export function foldOf({ name, foldVersion }: Generation): Fold {
  const fold = FOLDS.get(foldVersion);
  if (fold !== undefined) return fold;
  throw new StoreMismatchError(
    `${name} was made by fold version ${foldVersion}, and this release carries ${[...FOLDS.keys()].join(' and ')}: ` +
      'run the release that made it, or build a generation under this one with `logbook rebuild` and drop that one ' +
      `with \`logbook generations drop ${name}\``,
  );
}
