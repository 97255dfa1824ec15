import type { ApiKeyId, EventId, FingerprintId, LogId, Offset, Tenant } from './brands.js';
import type { PartitionCounts, Topic } from './topics.js';

/** What a producer hands to a log driver. */
export interface EncodedMessage {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

/** What a projector hands to a log driver for the feed of changes; `null` deletes the key when the topic is compacted. */
export interface EncodedChange extends Omit<EncodedMessage, 'value'> {
  readonly value: Buffer | null;
}

/** Headers as a driver delivers them: plain text, or bytes. A header may be repeated; then its value is an array. */
export type RawHeaders = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;

/** A message as it lies in the log, whoever wrote it; nothing about it has been checked. */
export interface RawMessage {
  readonly key: Buffer | null;
  readonly headers: RawHeaders;
  readonly value: Buffer | null;
}

/** Where a message is. */
export interface Position {
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: Offset;
}

export interface StoredMessage extends RawMessage, Position {}

/** CloudEvents attributes every message has. */
export interface Attributes {
  /** `ce_id`: unique per message, except that a retried append repeats it. */
  readonly id: string;
  /** `ce_time`: Unix milliseconds; the only clock a fold sees. */
  readonly timeMs: number;
  /** `ce_source`: the process that wrote the message, e.g. `logbook/gateway`. */
  readonly source: string;
  /** W3C trace context of the request that caused the message. */
  readonly traceparent?: string | undefined;
}

interface TenantMessage extends Attributes {
  readonly tenant: Tenant;
}

/** What is read from an event's body so that folds need not parse it. */
export interface Summary {
  /** The version of the extractor that wrote it; a fold that carries a newer one reads the body. */
  readonly extractor: number;
  readonly api: string | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** An LLM call was recorded. */
export interface LlmRecorded extends TenantMessage {
  readonly type: 'com.logbook.llm.recorded.v1';
  readonly id: EventId;
  readonly fingerprintId: FingerprintId;
  readonly agentName: string;
  readonly agentVersionName: string;
  readonly personId: string | null;
  readonly session: string | null;
  readonly summary: Summary | null;
  /** The request's JSON bytes as received, redactions spliced in. */
  readonly body: Buffer;
}

export interface RegisterFingerprint extends TenantMessage {
  readonly type: 'com.logbook.fingerprint.register.v1';
  readonly fingerprintId: FingerprintId;
  /** RFC 8785 form of the known fields (see `fingerprint.ts`). */
  readonly contentJson: string;
}

/** Registering what exists changes nothing. */
export interface RegisterAgent extends TenantMessage {
  readonly type: 'com.logbook.agent.register.v1';
  readonly agentName: string;
  readonly description: string | null;
}

/** `undefined` leaves a field as it is; a `null` description clears it. */
export interface UpdateAgent extends TenantMessage {
  readonly type: 'com.logbook.agent.update.v1';
  readonly agentName: string;
  readonly description?: string | null | undefined;
  readonly deprecated?: boolean | undefined;
}

/** Registers the agent too if the log does not hold it, so that a version never lacks its agent. */
export interface RegisterAgentVersion extends TenantMessage {
  readonly type: 'com.logbook.agent-version.register.v1';
  readonly agentName: string;
  readonly agentVersionName: string;
  readonly description: string | null;
}

export interface UpdateAgentVersion extends TenantMessage {
  readonly type: 'com.logbook.agent-version.update.v1';
  readonly agentName: string;
  readonly agentVersionName: string;
  readonly description?: string | null | undefined;
  readonly deprecated?: boolean | undefined;
}

/** Creates a person, or replaces the properties of one that exists if `propertiesJson` is not null. */
export interface RegisterPerson extends TenantMessage {
  readonly type: 'com.logbook.person.register.v1';
  readonly personId: string;
  /** The literal JSON text of the object that was sent. */
  readonly propertiesJson: string | null;
}

/** Replaces the properties of a person that exists; no effect on one that does not. */
export interface UpdatePerson extends TenantMessage {
  readonly type: 'com.logbook.person.update.v1';
  readonly personId: string;
  readonly propertiesJson: string;
}

/** The first message of a log. Only the one at offset 0 of `control` counts. */
export interface LogCreated extends Attributes {
  readonly type: 'com.logbook.log.created.v1';
  readonly logId: LogId;
  /** Keys the proof in fingerprint ids: 32 random bytes, base64url. */
  readonly secret: string;
  readonly formatVersion: 1;
  readonly partitions: PartitionCounts;
  /** The log this one is a copy of. */
  readonly origin: LogId | null;
}

export interface TenantCreated extends TenantMessage {
  readonly type: 'com.logbook.tenant.created.v1';
}
export interface TenantDisabled extends TenantMessage {
  readonly type: 'com.logbook.tenant.disabled.v1';
}
export interface TenantEnabled extends TenantMessage {
  readonly type: 'com.logbook.tenant.enabled.v1';
}

export interface ApiKeyIssued extends TenantMessage {
  readonly type: 'com.logbook.api-key.issued.v1';
  readonly apiKeyId: ApiKeyId;
  /** SHA-256 of the key, 64 hexadecimal digits. The key itself is never stored. */
  readonly sha256: string;
  /** What the operator calls it. */
  readonly name: string;
}
export interface ApiKeyRevoked extends TenantMessage {
  readonly type: 'com.logbook.api-key.revoked.v1';
  readonly apiKeyId: ApiKeyId;
}

/** A message that every replay leaves out, named by its hash so that the verdict survives a copy. */
export interface MessageSkipped extends Attributes {
  readonly type: 'com.logbook.message.skipped.v1';
  readonly topic: Topic;
  readonly key: string;
  /** `messageSha256` of the message, 64 hexadecimal digits. */
  readonly sha256: string;
  readonly reason: string;
}

/** What an agent is now; `null`: there is none. */
export interface AgentChanged extends TenantMessage {
  readonly type: 'com.logbook.agent.changed.v1';
  readonly agentName: string;
  readonly agent: {
    readonly agentNumber: number;
    readonly description: string | null;
    readonly createdAtMs: number;
    readonly deprecatedAtMs: number | null;
  } | null;
}

/** What an agent version is now; `null`: there is none. */
export interface AgentVersionChanged extends TenantMessage {
  readonly type: 'com.logbook.agent-version.changed.v1';
  readonly agentName: string;
  readonly agentVersionName: string;
  readonly agentVersion: {
    readonly agentVersionNumber: number;
    readonly description: string | null;
    readonly createdAtMs: number;
    readonly deprecatedAtMs: number | null;
  } | null;
}

/** What a person is now; `null`: there is none. */
export interface PersonChanged extends TenantMessage {
  readonly type: 'com.logbook.person.changed.v1';
  readonly personId: string;
  readonly person: {
    /** The literal JSON text of the object that was sent. */
    readonly propertiesJson: string | null;
    readonly createdAtMs: number;
  } | null;
}

export type Change = AgentChanged | AgentVersionChanged | PersonChanged;
export type Command =
  | RegisterFingerprint
  | RegisterAgent
  | UpdateAgent
  | RegisterAgentVersion
  | UpdateAgentVersion
  | RegisterPerson
  | UpdatePerson;
export type ControlMessage =
  LogCreated | TenantCreated | TenantDisabled | TenantEnabled | ApiKeyIssued | ApiKeyRevoked | MessageSkipped;
/** What the log holds. */
export type LogMessage = LlmRecorded | Command | ControlMessage;
export type LogbookMessage = LogMessage | Change;
export type MessageType = LogbookMessage['type'];
