export { classify } from './classify.js';
export type { StoreErrorKind } from './classify.js';
export type { Rebuilt } from './embedded/embedded-server.js';
export type { Generation, LogEnds } from './generations/generation.js';
export { dropGeneration, Generations } from './generations/generations.js';
export type { EnsureLive } from './generations/generations.js';
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
  NotReady,
  ProjectionReaderOptions,
  Read,
} from './reader/projection-reader.js';
export type { NextOffsets } from './reader/read-checkpoints.js';
export { CheckpointWatch } from './watch/checkpoint-watch.js';
export type { Awaited, CheckpointWatchOptions, WatchOutcome } from './watch/checkpoint-watch.js';
export { BatchWriter } from './writer/batch-writer.js';
export type { BatchWriterOptions } from './writer/batch-writer.js';
