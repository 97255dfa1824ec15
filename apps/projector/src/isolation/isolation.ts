import { decodeMessage, offset, type StoredMessage } from '@logbook/contracts';
import {
  classify,
  ConsumptionHaltedError,
  DependencyUnavailableError,
  halves,
  type Batch,
  type BatchOutcome,
  type SkipList,
} from '@logbook/core';
import { refusalReason, type BatchWriter, type Generation } from '@logbook/store';
import { RefusalBudget, REFUSALS_MAX } from './refusal-budget.js';
import type { SkipRight } from './skip-right.js';

/** What isolation needs of `control`. */
export interface SkipControl {
  /** What is skipped, as far as this process has followed. */
  readonly skips: SkipList;
  /** Resolves once everything appended before the call is followed. */
  catchUp(): Promise<void>;
  /** Resolves once the skip is in the log and followed. */
  skip(message: StoredMessage, reason: string): Promise<unknown>;
}

export interface IsolationOptions {
  readonly generation: Generation;
  readonly writer: Pick<BatchWriter, 'apply' | 'probe'>;
  readonly control: SkipControl;
  readonly rightToSkip: (message: StoredMessage) => Promise<SkipRight>;
  /** Called once a message is skipped for good. */
  readonly onSkipped?: (message: StoredMessage, reason: string) => void;
  readonly now?: () => number;
}

/** What was fetched, and whether Postgres has taken any message of it that a fold makes rows of. */
interface Whole {
  readonly batch: Batch;
  takesOthers: boolean;
}

/**
 * Applies batches, and sets aside the one message whose rows Postgres refuses.
 *
 * Whole: the batch is tried as it came. Splitting: refused, it is halved again and again, each piece a batch of its own with
 * a checkpoint of its own, in order, until the refused message stands alone. Judging, one message at a time: it is skipped if
 * this follower may, if few were, if Postgres takes other messages, and if it takes the checkpoint with this one left out;
 * the skip is in `control` before the commit that moves past the message, so that no replay can come to another end.
 * Else halted: nothing is skipped, and the error says what was refused, where, and why it was not about one message.
 *
 * A crash at any point leaves the checkpoint before the message, with or without the skip, and either way it comes here again.
 */
export class Isolation {
  private readonly budget: RefusalBudget;
  private judging: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: IsolationOptions) {
    this.budget = new RefusalBudget({ skips: options.control.skips, now: options.now ?? Date.now });
  }

  /** As `BatchWriter.apply`, but rejects with `ConsumptionHaltedError` where what Postgres refuses must not be skipped. */
  apply(batch: Batch): Promise<BatchOutcome> {
    return this.applyPiece(batch, { batch, takesOthers: false });
  }

  private async applyPiece(piece: Batch, whole: Whole): Promise<BatchOutcome> {
    const { writer, generation } = this.options;
    let refusal: string;
    try {
      const outcome = await writer.apply(generation, piece);
      if (outcome === 'CONSUMED') this.noteTaken(piece, whole);
      return outcome;
    } catch (error) {
      if (classify(error) !== 'REFUSED') throw error;
      refusal = refusalReason(error);
    }
    const [message, ...others] = piece.messages;
    if (message !== undefined && others.length === 0) {
      return this.inTurn(() => this.judge(piece, message, refusal, whole));
    }
    for (const half of halves(piece)) {
      if ((await this.applyPiece(half, whole)) === 'STALE') return 'STALE';
    }
    return 'CONSUMED';
  }

  /** Poison, and what is skipped, becomes no rows: that Postgres takes it says nothing. Rarely looked at, so decoding costs nothing. */
  private noteTaken(piece: Batch, whole: Whole): void {
    if (piece === whole.batch && this.budget.tookLately(piece.topic)) return;
    if (!piece.messages.some((message) => this.becomesRows(message))) return;
    whole.takesOthers = true;
    this.budget.took(piece.topic);
  }

  private becomesRows(message: StoredMessage): boolean {
    const skipped = this.options.control.skips.reasonOf(message.topic, message) !== undefined;
    return !skipped && decodeMessage(message).outcome === 'DECODED';
  }

  /** One at a time, also across partitions: each counts what the one before it spent. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.judging.then(work, work);
    this.judging = result.catch(() => undefined);
    return result;
  }

  private async judge(piece: Batch, message: StoredMessage, refusal: string, whole: Whole): Promise<BatchOutcome> {
    const { control, generation, rightToSkip, writer, onSkipped } = this.options;
    // In this order: what the live follower has passed by now, it had skipped before, and that is then followed here.
    const right = await rightToSkip(message);
    await control.catchUp();
    if (control.skips.reasonOf(message.topic, message) === undefined) {
      if (right === 'AWAITS_LIVE') {
        throw new DependencyUnavailableError(
          `${generation.name} waits at ${placeOf(message)} for the live generation to decide about it: ${refusal}`,
        );
      }
      if (right === 'MUST_NOT') throw this.halted(message, refusal, ONLY_LIVE_SKIPS);
      const verdict = await this.faultOf(piece, message, whole);
      if (verdict === 'STALE') return 'STALE';
      if (verdict !== 'MESSAGE') throw this.halted(message, refusal, `It was not skipped: ${verdict.elsewhere}`);
      await control.skip(message, refusal);
      this.budget.skipped(message.topic);
      onSkipped?.(message, refusal);
    }
    try {
      return await writer.apply(generation, piece);
    } catch (error) {
      if (classify(error) !== 'REFUSED') throw error;
      throw this.halted(
        message,
        refusal,
        `Control skips it, but Postgres then refused the checkpoint alone (${refusalReason(error)})`,
      );
    }
  }

  /** Whose fault it is that Postgres refuses the message. */
  private async faultOf(
    piece: Batch,
    message: StoredMessage,
    whole: Whole,
  ): Promise<'MESSAGE' | 'STALE' | { readonly elsewhere: string }> {
    const { writer, generation } = this.options;
    const without = await writer.probe(generation, piece, { leavingOut: message });
    if (without.outcome === 'STALE') return 'STALE';
    if (without.outcome === 'REFUSED') {
      return { elsewhere: `Postgres refuses the checkpoint alone too (${without.reason})` };
    }
    const others = whole.takesOthers ? [] : this.othersAfter(message, whole.batch);
    for (const other of others) {
      const alone = { ...piece, messages: [other], next: offset(other.offset + 1) };
      const probed = await writer.probe(generation, alone);
      if (probed.outcome === 'STALE') return 'STALE';
      if (probed.outcome === 'TAKEN') whole.takesOthers = true;
      if (whole.takesOthers) break;
    }
    if (others.length > 0 && !whole.takesOthers) {
      return {
        elsewhere: `Postgres refuses every other message of the batch that was tried (${others.length}) as well`,
      };
    }
    const exhausted = this.budget.exhausted(message.topic, whole);
    return exhausted === undefined ? 'MESSAGE' : { elsewhere: exhausted };
  }

  /** Enough of them to tell: were as many refused, none might be skipped in any case. */
  private othersAfter(message: StoredMessage, batch: Batch): StoredMessage[] {
    const after = batch.messages.filter((other) => other.offset > message.offset && this.becomesRows(other));
    return after.slice(0, REFUSALS_MAX);
  }

  private halted(message: StoredMessage, refusal: string, why: string): ConsumptionHaltedError {
    return new ConsumptionHaltedError(
      'CONSUMER_FAILED',
      `${this.options.generation.name} stops at ${placeOf(message)}: ${refusal}. ${why}. ` +
        'Mend what refuses it (a constraint, a trigger, the release), then start the projector again: it goes on from here.',
    );
  }
}

const ONLY_LIVE_SKIPS =
  'It was not skipped: a generation that is being rebuilt leaves out only what the log says, or it would differ from every other';

const placeOf = ({ topic, partition, offset: at }: StoredMessage): string => `${topic}[${partition}] offset ${at}`;
