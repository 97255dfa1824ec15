export { apiKeyId, eventId, fingerprintId, logId, offset, tenant } from './brands.js';
export type { ApiKeyId, EventId, FingerprintId, LogId, Offset, Tenant } from './brands.js';
export { usageOfBody, usageOfCall } from './call-usage.js';
export type { CallUsage } from './call-usage.js';
export { DEAD_LETTER_FORMS, DEAD_LETTER_HEADERS, encodeDeadLetter } from './dead-letter.js';
export type { DeadLetter, DeadLetterForm } from './dead-letter.js';
export { decodeMessage } from './decode.js';
export type { Decoded } from './decode.js';
export { encodeMessage, keyOf } from './encode.js';
export { idempotentEventId, newEventId, newMessageId } from './event-id.js';
export {
  FINGERPRINT_FIELDS,
  fingerprintContent,
  fingerprintProves,
  issueFingerprintId,
  stripUserInfo,
} from './fingerprint.js';
export type { FingerprintFields } from './fingerprint.js';
export { entityId } from './entity-id.js';
export { H as HEADERS, KEY_AND_HEADERS_BYTES_MAX, SUMMARY_TEXT_BYTES_MAX } from './headers.js';
export {
  IDENTIFIER_CODE_POINTS_MAX,
  idempotencyKeyProblem,
  identifierProblem,
  isUuid,
  tenantProblem,
} from './identifiers.js';
export {
  elementSpans,
  exceedsNesting,
  memberElements,
  memberSpans,
  memberText,
  NESTING_MAX,
  nestingDepth,
  REQUEST_NESTING_MAX,
} from './json-text.js';
export type { MemberSpan, TextSpan } from './json-text.js';
export { agentPath, agentsKey, agentVersionPath, eventKey, fingerprintKey, personKey, personPath } from './keys.js';
export { encodedSha256, messageSha256 } from './message-hash.js';
export type {
  AgentChanged,
  AgentVersionChanged,
  ApiKeyIssued,
  ApiKeyRevoked,
  Attributes,
  Change,
  Command,
  ControlMessage,
  EncodedChange,
  EncodedMessage,
  LlmRecorded,
  LogbookMessage,
  LogCreated,
  LogMessage,
  MessageSkipped,
  MessageType,
  PersonChanged,
  Position,
  RawHeaders,
  RawMessage,
  RegisterAgent,
  RegisterAgentVersion,
  RegisterFingerprint,
  RegisterPerson,
  StoredMessage,
  Summary,
  TenantCreated,
  TenantDisabled,
  TenantEnabled,
  UpdateAgent,
  UpdateAgentVersion,
  UpdatePerson,
} from './message.js';
export { murmur2, partitionOfKey } from './partitioner.js';
export { redactEvent } from './redaction.js';
export type { RedactionOptions } from './redaction.js';
export { sha256 } from './sha256.js';
export { encodeRetry, positionText } from './retry.js';
export type { EncodedRetry } from './retry.js';
export { extractSummary, SUMMARY_EXTRACTOR_VERSION, summaryOfBody } from './summary.js';
export { MESSAGE_TYPES, topicOf, topicOfType } from './topic-of.js';
export { isSampled, isTraceparent } from './traceparent.js';
export {
  DEFAULT_PARTITION_COUNTS,
  EMBEDDED_PARTITION_COUNTS,
  FOLDED_TOPICS,
  isCompacted,
  LOG_TOPICS,
  partitionCountOf,
  topicName,
  TOPICS,
} from './topics.js';
export type { FoldedTopic, LogTopic, PartitionCounts, Topic, TopicPartition } from './topics.js';
export { upcast } from './upcast.js';
export type { Upcaster, VersionedData } from './upcast.js';
export { sentAtMs } from './sent-at.js';
export { utcTimeMs } from './utc-time.js';
