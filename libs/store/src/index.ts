export { readDigests } from './digest/read-digests.js';
export type { DigestClient, ReadDigests } from './digest/read-digests.js';
export { rowHashSql } from './digest/row-hash-sql.js';
export type { Rebuilt } from './embedded/embedded-server.js';
export type { DropOutcome } from './generations/drop-generation.js';
export type { Generation, GenerationState, KnownGeneration, LogEnds } from './generations/generation.js';
export { foldOf } from './generations/generation.js';
export { Generations } from './generations/generations.js';
export type { CreateOptions, EnsureLive } from './generations/generations.js';
export type { PartitionBehind } from './generations/partitions-behind.js';
export { Pointer } from './generations/pointer.js';
export type { RollbackOutcome } from './generations/pointer.js';
export type { SwapOutcome } from './generations/swap-pointer.js';
export { lockMaintenance } from './maintenance/maintenance-lock.js';
export { openStore, openStoreInBackground } from './open-store.js';
export type {
  AttachedOptions,
  EmbeddedOptions,
  OpeningStore,
  PostgresOptions,
  Store,
  StoreAddress,
  StoreEvents,
  StoreOptions,
} from './open-store.js';
export { LIST_ROWS_MAX, ProjectionReader } from './reader/projection-reader.js';
export type {
  AgentAndVersion,
  CheckpointsRead,
  DeadLettersRead,
  NotReady,
  ProjectionReaderOptions,
  Read,
} from './reader/projection-reader.js';
export { readCheckpoints } from './reader/read-checkpoints.js';
export type { Checkpoints, NextOffsets } from './reader/read-checkpoints.js';
export { readEntities } from './reader/read-entities.js';
export type { EntitiesRead, ReadEntitiesOptions } from './reader/read-entities.js';
export { readStanding } from './reader/read-standing.js';
export type { Standing } from './reader/read-standing.js';
export { compareRows } from './verify/compare-rows.js';
export type { RowDifference, TableComparison } from './verify/compare-rows.js';
export { readCheckpointRows, snapshot } from './verify/snapshot.js';
export type { Checkpoint } from './verify/snapshot.js';
export type { DeadLetterSelection } from './reader/read-dead-letters.js';
export { refusalReason } from './refusal.js';
export { CheckpointWatch } from './watch/checkpoint-watch.js';
export type { Awaited, CheckpointWatchOptions, MovedCheckpoint, WatchOutcome } from './watch/checkpoint-watch.js';
export { generationName } from './sql/identifiers.js';
export type { GenerationName } from './sql/identifiers.js';
export { BatchWriter } from './writer/batch-writer.js';
export type { BatchWriterOptions } from './writer/batch-writer.js';
export type { OnDeadLetters, Probe } from './writer/topic-writer.js';
export { checkpointMoved, CHECKPOINT_CHANNEL } from './writer/checkpoint-moved.js';
export type { CheckpointMoved } from './writer/checkpoint-moved.js';
export { readKeyUses } from './key-uses/read-key-uses.js';
export { recordKeyUses } from './key-uses/record-key-uses.js';
export type { KeyUses } from './key-uses/record-key-uses.js';
