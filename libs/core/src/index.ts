export { logAppender } from './appender.port.js';
export type { Appender, AppendOutcome } from './appender.port.js';
export { appendDeadLetter } from './append-dead-letter.js';
export { cutBatch, halves } from './batch-pieces.js';
export { asStoreError, classify, isAway, storeOperation } from './classify.js';
export type { StoreErrorKind } from './classify.js';
export { ControlState } from './control-state.js';
export type { ApiKeyState, Authentication, TenantState } from './control-state.js';
export {
  ConsumptionHaltedError,
  DependencyUnavailableError,
  ERROR_CODES,
  HALT_REASONS,
  LogbookError,
  LogMismatchError,
  LogUnavailableError,
  MessageTooLargeError,
  StoreMismatchError,
} from './errors.js';
export type { ErrorCode, HaltReason } from './errors.js';
export { firstAtOrAfter } from './first-at-or-after.js';
export { agentFact, agentVersionFact, factPrefix, fingerprintFact, personFact } from './facts.port.js';
export type { Fact, FactCache } from './facts.port.js';
export type {
  Batch,
  BatchOutcome,
  ConsumeOptions,
  Consumption,
  Delivery,
  Feed,
  FeedPlace,
  GroupPlace,
  Log,
  PartitionConsumer,
  ScanOptions,
  StartPosition,
} from './log.port.js';
export { SUBSCRIBER_METRICS } from './subscriber-metrics.js';
export type { SubscriberMetrics } from './subscriber-metrics.js';
export type { Limit, LimitVerdict, RateLimiter } from './rate-limiter.port.js';
export { SkipList, skipKeyOf } from './skip-list.js';
export type { SkippedMessage } from './skip-list.js';
export { inTransaction, ROLLBACK } from './sql-transaction.js';
export type { SqlConnection, SqlPool, TransactionOptions } from './sql-transaction.js';
export { afterFailedDrain, nextSpoolMode, SPOOL_MODES } from './spooling.js';
export type { SpoolMode, SpoolSignal } from './spooling.js';
