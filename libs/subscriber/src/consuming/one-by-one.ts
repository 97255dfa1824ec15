import { ConsumptionHaltedError, isAway, type Batch } from '@logbook/core';
import { partBefore, type Entry, type Work } from './admit.js';
import { settle, settleTogether } from './calls.js';
import type { DeadLetters } from './dead-letters.js';
import { inKeyOrder } from './in-key-order.js';
import type { Retries } from './retries.js';
import { segmentsOf, type Segment } from './segments.js';
import type { Tally } from './tally.js';

export interface OneByOneOptions {
  readonly letters: DeadLetters;
  readonly retries: Retries;
  readonly keysMax: number;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/**
 * Handles work whose effects stay, whatever comes after: each message until it is handled or a dead letter, so that none that
 * is handled is handled again for the sake of another. Messages of different keys go at once.
 *
 * A message is being handled, or waits for its next attempt while its key waits with it; it leaves handled, as a dead letter,
 * or undone when the signal aborts. A dependency that is away is waited for without counting attempts.
 */
export class OneByOne {
  private readonly done: Uint8Array;

  constructor(
    private readonly work: Work,
    private readonly options: OneByOneOptions,
  ) {
    this.done = new Uint8Array(work.entries.length);
  }

  /** The part of the batch before the first message that is not done. */
  async run(): Promise<Batch | undefined> {
    const { batch, entries } = this.work;
    for (const segment of segmentsOf(entries)) {
      if (this.options.signal.aborted) break;
      await (segment.handler === undefined ? this.runSingles(segment) : this.runTogether(segment));
    }
    const undone = this.done.indexOf(0);
    return undone === -1 ? batch : partBefore(batch, undone);
  }

  private async runSingles({ begin, end }: Segment): Promise<void> {
    const { entries } = this.work;
    const toDo: number[] = [];
    for (let index = begin; index < end; index += 1) {
      const entry = this.entry(index);
      if (entry.fate !== 'IGNORE') toDo.push(index);
      else this.finish(index, 'IGNORED');
    }
    const keyOf = (index: number): string => entries[index]?.stored.key?.toString('latin1') ?? '';
    await inKeyOrder(toDo, { keyOf, keysMax: this.options.keysMax }, (index) => this.untilDone(index));
  }

  private async runTogether(segment: Segment): Promise<void> {
    const { begin, end, handler } = segment;
    const { signal } = this.options;
    if (handler === undefined) return;
    if (end - begin === 1) {
      await this.untilDone(begin);
      return;
    }
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await settleTogether(handler, this.work.entries.slice(begin, end), { attempt, signal });
        for (let index = begin; index < end; index += 1) this.finish(index, 'HANDLED');
        return;
      } catch (error) {
        if (error instanceof ConsumptionHaltedError) throw error;
        if (!isAway(error)) break;
        await this.options.retries.wait(attempt, signal);
      }
    }
    if (signal.aborted) return;
    const middle = Math.ceil((begin + end) / 2);
    await this.runTogether({ begin, end: middle, handler });
    await this.runTogether({ begin: middle, end, handler });
  }

  private async untilDone(index: number): Promise<'GO_ON' | 'STOP'> {
    const { letters, retries, signal, tally } = this.options;
    const entry = this.entry(index);
    let failures = 0;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await settle(entry, letters, { attempt, signal });
        this.finish(index, entry.fate === 'BURY' ? 'DEAD_LETTERED' : 'HANDLED');
        return 'GO_ON';
      } catch (error) {
        if (error instanceof ConsumptionHaltedError) throw error;
        if (!isAway(error)) failures += 1;
        if (failures >= retries.attemptsMax) return this.setAside(index, error);
        tally.retried(entry);
        await retries.wait(attempt, signal);
      }
    }
    return 'STOP';
  }

  private async setAside(index: number, error: unknown): Promise<'GO_ON' | 'STOP'> {
    const { letters, retries, signal } = this.options;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await letters.failed(this.entry(index).stored, error);
        this.finish(index, 'DEAD_LETTERED');
        return 'GO_ON';
      } catch (refusal) {
        if (!isAway(refusal)) throw refusal;
        await retries.wait(attempt, signal);
      }
    }
    return 'STOP';
  }

  private finish(index: number, outcome: 'HANDLED' | 'IGNORED' | 'DEAD_LETTERED'): void {
    const entry = this.entry(index);
    this.done[index] = 1;
    this.options.tally.finished(entry, entry.fate === 'IGNORE' ? 'IGNORED' : outcome);
  }

  private entry(index: number): Entry {
    const entry = this.work.entries[index];
    if (entry === undefined) throw new Error(`unreachable: the work has no entry ${index}`);
    return entry;
  }
}
