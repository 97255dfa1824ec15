import { asStoreError, ConsumptionHaltedError, isAway, type Batch, type BatchOutcome } from '@logbook/core';
import type { CheckpointStore, Place } from '../checkpoints/checkpoint-store.js';
import { cutWork, partBefore, type Work } from './admit.js';
import { settle, settleTogether } from './calls.js';
import type { DeadLetters } from './dead-letters.js';
import type { Retries } from './retries.js';
import { segmentsOf } from './segments.js';
import type { Tally } from './tally.js';

export interface InTransactionsOptions {
  readonly store: CheckpointStore;
  readonly place: Place;
  readonly letters: DeadLetters;
  readonly retries: Retries;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/** A handler failed for the entries in [begin, end), and nobody can tell for which of them. */
class HandlerFailed extends Error {
  constructor(
    readonly begin: number,
    readonly end: number,
    override readonly cause: unknown,
  ) {
    super('a handler failed');
  }
}

/**
 * Handles work whose effects are undone when anything fails, in the order of the log, since a transaction is one connection.
 *
 * Whole: everything in one transaction with the checkpoint. Cut: what a failure is not about is tried again without it, before
 * and behind it, each piece a transaction with a checkpoint of its own; many messages that failed together are halved. Alone:
 * the message at fault is tried again, and at last becomes a dead letter while the checkpoint moves past it.
 * A dependency that is away rejects, and the driver tries again from the checkpoint.
 */
export class InTransactions {
  constructor(private readonly options: InTransactionsOptions) {}

  async apply(work: Work): Promise<BatchOutcome> {
    if (this.options.signal.aborted) return 'INTERRUPTED';
    try {
      return await this.move(work, 1);
    } catch (error) {
      const { begin, end } = error instanceof HandlerFailed ? error : { begin: 0, end: work.entries.length };
      const cause = requireOurs(error);
      if (work.entries.length === 1) return this.alone(work, cause);
      const isWhole = begin === 0 && end === work.entries.length;
      return this.applyEach(cutWork(work, isWhole ? [Math.ceil(end / 2)] : [begin, end]), (piece) =>
        // Only a single call for one message is known to have been about it alone.
        end - begin === 1 && piece.batch.messages[0] === work.batch.messages[begin]
          ? this.alone(piece, cause)
          : this.apply(piece),
      );
    }
  }

  private async applyEach(
    pieces: readonly Work[],
    apply: (piece: Work) => Promise<BatchOutcome>,
  ): Promise<BatchOutcome> {
    for (const piece of pieces) {
      const outcome = await apply(piece);
      if (outcome !== 'CONSUMED') return outcome;
    }
    return 'CONSUMED';
  }

  /** One message that has failed once. */
  private async alone(work: Work, firstCause: unknown): Promise<BatchOutcome> {
    const { retries, signal, tally } = this.options;
    const entry = work.entries[0];
    let cause = firstCause;
    for (let failures = 1; failures < retries.attemptsMax; failures += 1) {
      if (entry !== undefined) tally.retried(entry);
      await retries.wait(failures, signal);
      if (signal.aborted) return 'INTERRUPTED';
      try {
        return await this.move(work, failures + 1);
      } catch (error) {
        cause = requireOurs(error);
      }
    }
    return this.setAside(work, cause);
  }

  private async setAside(work: Work, cause: unknown): Promise<BatchOutcome> {
    const { store, place, letters, tally } = this.options;
    const outcome = await store.move(place, work.batch, async () => {
      for (const { stored } of work.entries) await letters.failed(stored, cause);
      return work.batch;
    });
    if (outcome === 'CONSUMED') for (const entry of work.entries) tally.finished(entry, 'DEAD_LETTERED');
    return outcome;
  }

  private async move(work: Work, attempt: number): Promise<BatchOutcome> {
    const { store, place, tally } = this.options;
    let done: Batch | undefined;
    const outcome = await store.move(place, work.batch, async (transaction) => {
      done = await this.run(work, attempt, transaction);
      return done;
    });
    if (outcome === 'STALE' || done === undefined) return outcome;
    for (const entry of work.entries.slice(0, done.messages.length)) {
      tally.finished(entry, OUTCOMES[entry.fate]);
    }
    return outcome;
  }

  /** Resolves with what is done when the signal aborts. */
  private async run({ batch, entries }: Work, attempt: number, transaction: unknown): Promise<Batch | undefined> {
    const { letters, signal } = this.options;
    const options = { attempt, signal, transaction };
    for (const { begin, end, handler } of segmentsOf(entries)) {
      const steps = handler === undefined ? range(begin, end) : [begin];
      for (const step of steps) {
        const past = handler === undefined ? step + 1 : end;
        if (signal.aborted) return partBefore(batch, step);
        try {
          const [first, ...more] = entries.slice(step, past);
          if (first === undefined) continue;
          if (handler === undefined || more.length === 0) await settle(first, letters, options);
          else await settleTogether(handler, [first, ...more], options);
        } catch (error) {
          throw new HandlerFailed(step, past, error);
        }
      }
    }
    return batch;
  }
}

const OUTCOMES = { HANDLE: 'HANDLED', BURY: 'DEAD_LETTERED', IGNORE: 'IGNORED' } as const;

const range = (begin: number, end: number): number[] =>
  Array.from({ length: end - begin }, (_, index) => begin + index);

/** What is at fault is the message or its handler. @throws everything else, as the log's driver sees it. */
function requireOurs(error: unknown): unknown {
  const cause = error instanceof HandlerFailed ? error.cause : error;
  if (cause instanceof ConsumptionHaltedError || isAway(cause)) throw asStoreError(cause);
  return cause;
}
