import { classify, storeOperation } from '@logbook/core';
import type { KnownGeneration } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { tableIn } from '../sql/identifiers.js';
import { readCheckpoints, type Checkpoints } from './read-checkpoints.js';

/** Where a generation stands: its readiness and checkpoints, and how many messages it will never apply. */
export interface Standing extends Checkpoints {
  readonly deadLetters: number;
}

/** `undefined` where the generation has no tables. */
export function readStanding(store: Store, { name }: KnownGeneration): Promise<Standing | undefined> {
  return storeOperation(async () => {
    try {
      const checkpoints = await readCheckpoints(store.pool, name);
      if (checkpoints === undefined) return undefined;
      const { rows } = await store.pool.query<{ count: number }>(
        `SELECT count(*) AS count FROM ${tableIn(name, 'dead_letters')}`,
      );
      return { ...checkpoints, deadLetters: rows[0]?.count ?? 0 };
    } catch (error) {
      if (classify(error) === 'MISSING') return undefined;
      throw error;
    }
  });
}
