import { messageSha256 } from '@logbook/contracts';
import { LogbookError, type Batch, type BatchOutcome, type StartPosition } from '@logbook/core';
import { outcomeOf, type CheckpointStore, type Effects, type Place } from './checkpoint-store.js';

/**
 * Positions kept by the log itself: Kafka's committed offsets, or beside the messages of an embedded log. At least once: what
 * was handled since the last commit is handled again after a crash. Kafka forgets the offsets of a group that was
 * away for longer than `offsets.retention.minutes` (seven days as it comes); the group then begins at its `start`.
 */
export class CommittedOffsets implements CheckpointStore {
  readonly rollsBack = false;

  find({ inLog }: Place): Promise<StartPosition | undefined> {
    return inLog.committed();
  }

  /** Committed at once: until the first batch `latest` would otherwise move with the log. */
  async begin({ inLog }: Place, start: StartPosition): Promise<StartPosition> {
    await inLog.commit(start);
    return start;
  }

  /** A commit that fails repeats nothing now: the next one covers it. */
  async move(place: Place, batch: Batch, effects: Effects): Promise<BatchOutcome> {
    const done = await effects(undefined);
    if (done === undefined) return 'INTERRUPTED';
    try {
      await place.inLog.commit(positionBehind(done));
    } catch (error) {
      if (!(error instanceof LogbookError)) throw error;
      place.onCommitFailed(error);
    }
    return outcomeOf(batch, done);
  }
}

/** The position behind a batch, with the last message consumed. */
export function positionBehind({ next, messages }: Batch): StartPosition {
  const last = messages.at(-1);
  return last === undefined ? { next } : { next, last: { offset: last.offset, sha256: messageSha256(last) } };
}
