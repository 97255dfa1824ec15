export type {
  Batch,
  BatchOutcome,
  Delivery,
  Log,
  PartitionConsumer,
  StartPosition,
  SubscriberMetrics,
} from '@logbook/core';
export {
  ConsumptionHaltedError,
  DependencyUnavailableError,
  LogMismatchError,
  LogUnavailableError,
  StoreMismatchError,
  SUBSCRIBER_METRICS,
} from '@logbook/core';
export type {
  AgentChanged,
  AgentVersionChanged,
  Change,
  DeadLetter,
  LlmRecorded,
  LogbookMessage,
  LogId,
  MessageType,
  PersonChanged,
  RegisterAgent,
  RegisterAgentVersion,
  RegisterFingerprint,
  RegisterPerson,
  StoredMessage,
  Summary,
  Topic,
  TopicPartition,
  UpdateAgent,
  UpdateAgentVersion,
  UpdatePerson,
} from '@logbook/contracts';
export type { DriverLogger, LogLocation } from '@logbook/log';
export type { CheckpointStore, Effects, Place } from './checkpoints/checkpoint-store.js';
export type { SqlClient } from './checkpoints/checkpoints-table.js';
export { CommittedOffsets } from './checkpoints/committed-offsets.js';
export { PostgresCheckpoints } from './checkpoints/postgres-checkpoints.js';
export type { PostgresCheckpointsOptions } from './checkpoints/postgres-checkpoints.js';
export { connectLog } from './connect-log.js';
export type { ConnectedLog, ConnectLogOptions } from './connect-log.js';
export type { NewerTypes } from './consuming/admit.js';
export type { RetryOptions } from './consuming/retries.js';
export { BatchHandler } from './handlers/batch-handler.decorator.js';
export { HandlerContext } from './handlers/handler-context.js';
export { OnMessage, OnMessages } from './handlers/message-handlers.decorator.js';
export type { MessageOf } from './handlers/message-handlers.decorator.js';
export { LogTransport } from './log.transport.js';
export type { LogTransportOptions } from './log.transport.js';
export type { Membership, Receiver } from './receivers/receiver.js';
export { topicBatches } from './receivers/topic-batches.js';
export type { CheckpointSource, TopicBatchesOptions } from './receivers/topic-batches.js';
export { typedMessages } from './receivers/typed-messages.js';
export type { TypedMessagesOptions } from './receivers/typed-messages.js';
export type { Start } from './start.js';
export type { SubscriberHealth, SubscriberState } from './standing.js';
export type { PartitionLag } from './progress-watch.js';
