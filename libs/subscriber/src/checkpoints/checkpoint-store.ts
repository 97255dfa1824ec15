import type { TopicPartition } from '@logbook/contracts';
import type { Batch, BatchOutcome, GroupPlace, StartPosition } from '@logbook/core';

/** Whose position, and where. */
export interface Place extends TopicPartition {
  readonly group: string;
  /** What the log itself keeps for the group here. */
  readonly inLog: GroupPlace;
  /** Told of a position that could not be kept for now, and that a later one covers. */
  readonly onCommitFailed: (error: Error) => void;
}

/**
 * Does what a batch asks for, with the connection of the transaction where there is one, and resolves with the part of the
 * batch from its beginning that is done; `undefined` where nothing is.
 */
export type Effects = (transaction: unknown) => Promise<Batch | undefined>;

/**
 * Where a subscriber keeps its positions.
 *
 * Errors: `DependencyUnavailableError` or `LogUnavailableError` while it is away (waiting may help); what `effects` rejects
 * with is passed on; anything else is a bug.
 */
export interface CheckpointStore {
  /** Whether effects that fail leave nothing behind. Where they do not, what was done before a crash is done again. */
  readonly rollsBack: boolean;
  /** Where the group goes on; `undefined` where it never began. */
  find(place: Place): Promise<StartPosition | undefined>;
  /** Keeps where the group begins, and resolves with what is kept: somebody else may have been faster. */
  begin(place: Place, start: StartPosition): Promise<StartPosition>;
  /**
   * Runs the effects and moves the checkpoint behind what they did. `STALE`: the checkpoint was not where the batch begins, and
   * nothing was done. `INTERRUPTED`: the effects were not through with the batch.
   */
  move(place: Place, batch: Batch, effects: Effects): Promise<BatchOutcome>;
}

/** `CONSUMED` or `INTERRUPTED`, by how much of a batch is done. */
export const outcomeOf = (batch: Batch, done: Batch): BatchOutcome =>
  done.next === batch.next ? 'CONSUMED' : 'INTERRUPTED';
