import { setTimeout as pause } from 'node:timers/promises';
import { FOLDED_TOPICS } from '@logbook/contracts';
import { afterFailedDrain, type Log } from '@logbook/core';
import type { DriverLogger } from '../driver-logger.js';
import { orAborted } from '../or-aborted.js';
import type { Spool, SpoolBatch } from './spool.js';

export interface DrainerOptions {
  readonly log: Pick<Log, 'append'>;
  readonly spool: Spool;
  /** The log has taken this many messages. */
  readonly took: (messages: number) => void;
  /** The log took none. */
  readonly away: () => void;
  /** A message was laid aside. */
  readonly parked: () => void;
  /** Between two attempts while the log is away. */
  readonly retryMs: number;
  readonly logger?: DriverLogger | undefined;
}

/** What is brought at a time. */
export const BATCH_MESSAGES_MAX = 1_000;
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Brings what a spool holds to the log, in order, and removes it once the log has acknowledged it. A crash between the
 * two repeats messages, which have their ids, so the repetition changes nothing.
 *
 * After a failure the next attempt is one message, and each success doubles that: a message the log refuses for good is
 * found alone, and a log that has just come back is not met with everything at once.
 */
export class Drainer {
  private batchMessages = BATCH_MESSAGES_MAX;

  constructor(private readonly options: DrainerOptions) {}

  /** Resolves when the spool is empty, or on abort; what is under way then may still reach the log. */
  async drain(signal: AbortSignal): Promise<void> {
    const { spool } = this.options;
    while (!spool.isEmpty && !signal.aborted) {
      const batch = spool.next({ messagesMax: this.batchMessages, bytesMax: BATCH_BYTES_MAX });
      if (batch === undefined) await spool.settled();
      else await this.bring(batch, signal);
    }
  }

  private async bring(batch: SpoolBatch, signal: AbortSignal): Promise<void> {
    try {
      if ((await orAborted(this.append(batch), signal)) === 'ABORTED') return;
    } catch (error) {
      if (!signal.aborted) await this.failed(error, batch, signal);
      return;
    }
    this.batchMessages = Math.min(2 * this.batchMessages, BATCH_MESSAGES_MAX);
    this.options.took(batch.entries.length);
    await this.forget(batch);
  }

  /** Commands first: an event must not come before the names and the fingerprint that were accepted before it. */
  private async append({ entries }: SpoolBatch): Promise<void> {
    for (const topic of FOLDED_TOPICS) {
      const messages = entries.filter((entry) => entry.topic === topic).map(({ message }) => message);
      if (messages.length > 0) await this.options.log.append(topic, messages);
    }
  }

  private async failed(error: unknown, batch: SpoolBatch, signal: AbortSignal): Promise<void> {
    const { spool, logger, away, parked, retryMs } = this.options;
    this.batchMessages = 1;
    const reason = error instanceof Error ? error.message : String(error);
    switch (afterFailedDrain(error, batch.entries.length)) {
      case 'PARK':
        logger?.('error', 'the log refuses a spooled message for good; it is kept aside', { reason });
        await spool.park(batch, reason).catch((failure: unknown) => this.diskRefused(failure));
        parked();
        return;
      case 'TRY_ONE_BY_ONE':
        return;
      case 'WAIT':
        away();
        logger?.('warn', 'the log does not take what the spool holds; trying again', { reason });
        await pause(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What the disk still has is forgotten in memory, so it is not given to the log twice by this process. */
  private async forget(batch: SpoolBatch): Promise<void> {
    await this.options.spool.remove(batch).catch((failure: unknown) => this.diskRefused(failure));
  }

  private diskRefused(failure: unknown): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    this.options.logger?.('error', 'the spool could not forget what the log has taken', { reason });
  }
}
