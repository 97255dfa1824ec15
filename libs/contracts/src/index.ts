export { apiKeyId, eventId, fingerprintId, logId, offset, tenant } from './brands.js';
export type { ApiKeyId, EventId, FingerprintId, LogId, Offset, Tenant } from './brands.js';
export { decodeMessage } from './decode.js';
export type { Decoded } from './decode.js';
export { encodeMessage, topicOf } from './encode.js';
export { H as HEADERS, KEY_AND_HEADERS_BYTES_MAX, SUMMARY_TEXT_BYTES_MAX } from './headers.js';
export { IDENTIFIER_CODE_POINTS_MAX, idempotencyKeyProblem, identifierProblem, isUuid, tenantProblem } from './identifiers.js';
export { agentsKey, eventKey, fingerprintKey, personKey } from './keys.js';
export type {
  ApiKeyIssued,
  ApiKeyRevoked,
  Attributes,
  Command,
  ControlMessage,
  EncodedMessage,
  LlmRecorded,
  LogbookMessage,
  LogCreated,
  MessageSkipped,
  MessageType,
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
export {
  DEFAULT_PARTITION_COUNTS,
  EMBEDDED_PARTITION_COUNTS,
  FOLDED_TOPICS,
  topicName,
  TOPICS,
} from './topics.js';
export type { FoldedTopic, PartitionCounts, Topic, TopicPartition } from './topics.js';
export { upcast } from './upcast.js';
export type { Upcaster, VersionedData } from './upcast.js';
