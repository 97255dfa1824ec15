import { FOLDED_TOPICS, messageSha256, offset } from '@logbook/contracts';
import { ConsumptionHaltedError, type Log } from '@logbook/core';
import type { Checkpoint, GenerationName, LogEnds } from '@logbook/store';

/** What to do about a log that is not the one a generation was folded from. */
const REMEDY =
  'it was truncated or recreated, or the database belongs to another log. Connect to the right log or restore this ' +
  'one; to fold this log as it is, use an empty database. Nothing was changed.';

/** Rejects with `ConsumptionHaltedError` where the log begins behind offset 0: a replay could not come to the same rows. */
export async function requireWholeLog(log: Log): Promise<void> {
  for (const topic of FOLDED_TOPICS) {
    const starts = await log.starts(topic);
    const partition = starts.findIndex((start) => start > 0);
    if (partition < 0) continue;
    throw new ConsumptionHaltedError(
      'CHECKPOINT_NOT_IN_LOG',
      `the log holds ${topic}[${partition}] from offset ${starts[partition]} on, not from 0: what came before was deleted, so no ` +
        'replay can come to the same rows. Restore the topic; what is projected already stays as it is.',
    );
  }
}

/**
 * Rejects with `ConsumptionHaltedError` where the log does not hold what a generation consumed last: then it has lost
 * messages, and a replay of what is left would pass for the truth.
 */
export async function requireConsumed(
  log: Log,
  generation: GenerationName,
  checkpoints: readonly Omit<Checkpoint, 'next'>[],
): Promise<void> {
  for (const { topic, partition, lastOffset, lastSha256 } of checkpoints) {
    if (lastOffset === null) continue;
    const place = `${topic}[${partition}]`;
    const message = await log.read({ topic, partition, offset: offset(lastOffset) });
    if (message === undefined) {
      throw new ConsumptionHaltedError(
        'CHECKPOINT_NOT_IN_LOG',
        `${generation} has consumed ${place} up to offset ${lastOffset}, and the log holds no message there: ${REMEDY}`,
      );
    }
    if (messageSha256(message).toString('hex') === lastSha256) continue;
    throw new ConsumptionHaltedError(
      'LAST_MESSAGE_DIFFERS',
      `the message at ${place} offset ${lastOffset} is not the one that ${generation} consumed: ${REMEDY}`,
    );
  }
}

/** Rejects with `ConsumptionHaltedError` where a generation claims to have consumed more than the log holds. */
export function requireWithin(ends: LogEnds, generation: GenerationName, checkpoints: readonly Checkpoint[]): void {
  for (const { topic, partition, next } of checkpoints) {
    const end = ends[topic][partition];
    if (end !== undefined && next <= end) continue;
    throw new ConsumptionHaltedError(
      'CHECKPOINT_NOT_IN_LOG',
      `the checkpoint of ${topic}[${partition}] in ${generation} is offset ${next}, and the log ` +
        `${end === undefined ? 'has no such partition' : `ends at ${end}`}: ${REMEDY}`,
    );
  }
}
