import { storeOperation } from '@logbook/core';
import type { Store } from '../open-store.js';
import type { GenerationName } from '../sql/identifiers.js';
import { listGenerations } from './list-generations.js';
import { swapPointer, type SwapOutcome } from './swap-pointer.js';

export type RollbackOutcome = SwapOutcome | { readonly outcome: 'NO_PREVIOUS' };

/** How long a generation that is followed may take to come level with the one that readers use. */
const SWAP_TIMEOUT_MS = 60_000;

/** Moves readers from one generation to another. */
export class Pointer {
  constructor(private readonly store: Store) {}

  /** Points readers to `to`, as soon as it is level with the generation they use now; waits for that, bounded. */
  swap(
    to: GenerationName,
    { timeoutMs = SWAP_TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
  ): Promise<SwapOutcome> {
    return storeOperation(() => swapPointer(this.store, to, { timeoutMs }));
  }

  /** Points readers back to the generation they used before the last swap. */
  rollback(options: { readonly timeoutMs?: number } = {}): Promise<RollbackOutcome> {
    return storeOperation(async () => {
      const previous = (await listGenerations(this.store.pool)).find((known) => known.previous);
      return previous === undefined ? { outcome: 'NO_PREVIOUS' } : this.swap(previous.name, options);
    });
  }
}
