import type { EventId, FingerprintId, Tenant } from '@logbook/contracts';

/**
 * What the HTTP shell asks of the rest of the gateway. Each class is a port and its own injection token.
 * Inputs are validated: names are names, ids are UUIDs in lower case. Expected outcomes are returned;
 * a rejection is a bug or a lost dependency nobody foresaw, and is answered `internal`.
 */

/** Neither log nor spool took it, or the read it promises did not come in time. Repeating it is harmless. */
export interface Unavailable {
  readonly outcome: 'UNAVAILABLE';
  readonly retryAfterSeconds: number;
  /** For the client: what is away, without our insides. */
  readonly reason: string;
}
/** What would be appended is over the log's limit for one message. */
export interface TooLarge {
  readonly outcome: 'TOO_LARGE';
}
/** The tenant has brought up as many new names as it may for now, and this would be one more. Nothing was appended. */
export interface OverQuota {
  readonly outcome: 'OVER_QUOTA';
  readonly retryAfterMs: number;
}
/** Why something that may bring up names was not appended though the log was there. */
export type NotAppended = TooLarge | OverQuota;

export interface EventToRecord {
  readonly tenant: Tenant;
  /** The request's body as it was sent, or an item of a batch. */
  readonly text: string;
  /** The text as UTF-8. */
  readonly bytes: Buffer;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly fingerprintId: FingerprintId;
  readonly agentName: string | null;
  readonly agentVersionName: string | null;
  readonly personId: string | null;
  readonly session: string | null;
  readonly idempotencyKey: string | null;
  /** W3C Trace Context, already checked for its form. */
  readonly traceparent?: string | undefined;
}
export type EventOutcome =
  | { readonly outcome: 'RECORDED'; readonly id: EventId }
  | { readonly outcome: 'FINGERPRINT_NOT_FOUND' }
  | Unavailable
  | NotAppended;
export abstract class EventIntake {
  abstract record(event: EventToRecord): Promise<EventOutcome>;
  /**
   * Records events of one tenant together: an outcome for each, in their order, which is also the order in which those of
   * one session are recorded. Events with the same session and key are one event, and the first of them stands.
   */
  abstract recordAll(events: readonly EventToRecord[]): Promise<EventOutcome[]>;
}

/** The known fields, as sent; absent is null. `git_repository_url` may still hold user-info. */
export interface FingerprintFields {
  readonly language: string;
  readonly language_version: string;
  readonly system: string;
  readonly openai_sdk_version: string | null;
  readonly anthropic_sdk_version: string | null;
  readonly gemini_sdk_version: string | null;
  readonly voker_sdk_version: string | null;
  readonly all_packages: Readonly<Record<string, string>> | null;
  readonly git_repository_url: string | null;
  readonly git_branch: string | null;
  readonly git_commit_hash: string | null;
  readonly git_commit_date: string | null;
}
export type FingerprintOutcome =
  { readonly outcome: 'REGISTERED'; readonly fingerprintId: FingerprintId } | Unavailable | TooLarge;
export abstract class Fingerprints {
  abstract register(input: {
    readonly tenant: Tenant;
    readonly fields: FingerprintFields;
  }): Promise<FingerprintOutcome>;
}

export interface AgentView {
  readonly agentName: string;
  readonly description: string | null;
  readonly agentNumber: number;
  readonly createdAt: Date;
  readonly deprecatedAt: Date | null;
}
export interface AgentName {
  readonly tenant: Tenant;
  readonly agentName: string;
}
/** `undefined` leaves as it is; a `description` of null clears. */
export interface Changes {
  readonly description?: string | null;
  readonly deprecated?: boolean;
}
interface AgentFound {
  readonly outcome: 'FOUND';
  readonly agent: AgentView;
}
interface AgentNotFound {
  readonly outcome: 'AGENT_NOT_FOUND';
}
export abstract class Agents {
  abstract get(name: AgentName): Promise<AgentFound | AgentNotFound | Unavailable>;
  abstract create(
    agent: AgentName & { readonly description: string | null },
  ): Promise<AgentFound | Unavailable | NotAppended>;
  abstract change(agent: AgentName & Changes): Promise<AgentFound | AgentNotFound | Unavailable | NotAppended>;
}

export interface AgentVersionView {
  readonly agentVersionName: string;
  readonly description: string | null;
  readonly agentVersionNumber: number;
  readonly createdAt: Date;
  readonly deprecatedAt: Date | null;
}
export interface AgentVersionName extends AgentName {
  readonly agentVersionName: string;
}
interface AgentVersionFound {
  readonly outcome: 'FOUND';
  readonly agentVersion: AgentVersionView;
}
interface AgentVersionNotFound {
  readonly outcome: 'AGENT_VERSION_NOT_FOUND';
}
export abstract class AgentVersions {
  abstract get(name: AgentVersionName): Promise<AgentVersionFound | AgentNotFound | AgentVersionNotFound | Unavailable>;
  abstract create(
    agentVersion: AgentVersionName & { readonly description: string | null },
  ): Promise<AgentVersionFound | AgentNotFound | Unavailable | NotAppended>;
  abstract change(
    agentVersion: AgentVersionName & Changes,
  ): Promise<AgentVersionFound | AgentNotFound | AgentVersionNotFound | Unavailable | NotAppended>;
}

export interface PersonView {
  readonly personId: string;
  /** The literal text of the JSON object that was sent; it goes into the answer as it is. */
  readonly propertiesJson: string | null;
  readonly createdAt: Date;
}
export interface PersonName {
  readonly tenant: Tenant;
  readonly personId: string;
}
interface PersonFound {
  readonly outcome: 'FOUND';
  readonly person: PersonView;
}
interface PersonNotFound {
  readonly outcome: 'PERSON_NOT_FOUND';
}
export abstract class People {
  abstract get(name: PersonName): Promise<PersonFound | PersonNotFound | Unavailable>;
  /** `propertiesJson` of null keeps what an existing person has. */
  abstract create(
    person: PersonName & { readonly propertiesJson: string | null },
  ): Promise<PersonFound | Unavailable | NotAppended>;
  abstract update(
    person: PersonName & { readonly propertiesJson: string },
  ): Promise<PersonFound | PersonNotFound | Unavailable | NotAppended>;
}

export interface HealthReport {
  /** Whether the process should go on (live), or POST /events would be taken (ready). */
  readonly ok: boolean;
  /** What is up, what is not, lag: JSON values by the name of the part. No tenant names. */
  readonly checks: Readonly<Record<string, unknown>>;
}
export abstract class Health {
  abstract live(): Promise<HealthReport>;
  abstract ready(): Promise<HealthReport>;
}

export abstract class Metrics {
  /** Prometheus text format 0.0.4, without tenant names. */
  abstract text(): Promise<string>;
}
