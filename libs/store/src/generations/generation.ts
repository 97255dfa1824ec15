import { FOLDS, type Fold } from '@logbook/projections';
import { StoreMismatchError } from '@logbook/core';
import type { FoldedTopic, Offset } from '@logbook/contracts';
import type { GenerationName } from '../sql/identifiers.js';

/** A generation that can be written and read: its schema and the version of the fold that fills it. */
export interface Generation {
  readonly name: GenerationName;
  readonly foldVersion: number;
}

/** Per topic, the end of each partition; the index is the partition. */
export type LogEnds = Readonly<Record<FoldedTopic, readonly Offset[]>>;

/** The fold that made a generation. */
export function foldOf({ name, foldVersion }: Generation): Fold {
  const fold = FOLDS.get(foldVersion);
  if (fold !== undefined) return fold;
  throw new StoreMismatchError(
    `${name} was made by fold version ${foldVersion}, and this release carries ${[...FOLDS.keys()].join(' and ')}: ` +
      'run the release that made it, or rebuild under this one',
  );
}
