import {
  agentPath,
  agentsKey,
  agentVersionPath,
  controlKey,
  eventKey,
  fingerprintKey,
  personKey,
  personPath,
} from './keys.js';
import { H } from './headers.js';
import type {
  Change,
  Command,
  ControlMessage,
  EncodedChange,
  EncodedMessage,
  LlmRecorded,
  LogbookMessage,
  LogMessage,
  Summary,
} from './message.js';
import { stateOf } from './change-values.js';
import { isSummaryText } from './summary.js';
import { isChangeType } from './topic-of.js';
import type { DataOf } from './values.js';

/** Encodes a message as it goes into the log. `decodeMessage` is its inverse. */
export function encodeMessage(message: LogMessage): EncodedMessage;
export function encodeMessage(message: LogbookMessage): EncodedChange;
export function encodeMessage(message: LogbookMessage): EncodedChange {
  if (message.type === 'com.logbook.llm.recorded.v1') return encodeEvent(message);
  return isChange(message) ? encodeChange(message) : encodeData(message);
}

const isChange = (message: LogbookMessage): message is Change => isChangeType(message.type);

/** Encodes a message of the feed: headers say whose state it is, since a deletion has no value to say it. */
function encodeChange(change: Change): EncodedChange {
  const headers = attributeHeaders(change);
  headers[H.tenant] = change.tenant;
  if ('agentName' in change) headers[H.agent] = change.agentName;
  if ('agentVersionName' in change) headers[H.agentVersion] = change.agentVersionName;
  if ('personId' in change) headers[H.person] = change.personId;
  const state = stateOf(change);
  return { key: keyOf(change), headers, value: state === null ? null : Buffer.from(JSON.stringify(state)) };
}

function encodeEvent(event: LlmRecorded): EncodedMessage {
  const headers = attributeHeaders(event);
  headers[H.tenant] = event.tenant;
  headers[H.fingerprint] = event.fingerprintId;
  headers[H.agent] = event.agentName;
  headers[H.agentVersion] = event.agentVersionName;
  if (event.personId !== null) headers[H.person] = event.personId;
  if (event.session !== null) headers[H.session] = event.session;
  if (event.summary !== null) addSummary(headers, event.summary);
  return { key: keyOf(event), headers, value: event.body };
}

function addSummary(headers: Record<string, string>, summary: Summary): void {
  headers[H.summary] = String(summary.extractor);
  if (summary.api !== null && isSummaryText(summary.api)) headers[H.api] = summary.api;
  if (summary.model !== null && isSummaryText(summary.model)) headers[H.model] = summary.model;
  if (summary.inputTokens !== null) headers[H.inputTokens] = String(summary.inputTokens);
  if (summary.outputTokens !== null) headers[H.outputTokens] = String(summary.outputTokens);
}

function encodeData(message: Command | ControlMessage): EncodedMessage {
  const headers = attributeHeaders(message);
  if ('tenant' in message) headers[H.tenant] = message.tenant;
  return { key: keyOf(message), headers, value: Buffer.from(JSON.stringify(dataOf(message))) };
}

function attributeHeaders(message: LogbookMessage): Record<string, string> {
  const headers: Record<string, string> = {
    [H.specversion]: '1.0',
    [H.id]: message.id,
    [H.type]: message.type,
    [H.source]: message.source,
    [H.time]: timeText(message.timeMs),
    [H.contentType]: 'application/json',
  };
  if (message.traceparent !== undefined) headers[H.traceparent] = message.traceparent;
  return headers;
}

let lastTimeMs = 0;
let lastTimeText = new Date(lastTimeMs).toISOString();

/** Messages that come together are of one millisecond: it is printed once. */
function timeText(timeMs: number): string {
  if (timeMs !== lastTimeMs) {
    lastTimeText = new Date(timeMs).toISOString();
    lastTimeMs = timeMs;
  }
  return lastTimeText;
}

/** The key of a message: what must stay in order shares it. */
export function keyOf(message: LogbookMessage): string {
  switch (message.type) {
    case 'com.logbook.llm.recorded.v1':
      return eventKey(message.tenant, message.session, message.id);
    case 'com.logbook.fingerprint.register.v1':
      return fingerprintKey(message.tenant, message.fingerprintId);
    case 'com.logbook.agent.register.v1':
    case 'com.logbook.agent.update.v1':
    case 'com.logbook.agent-version.register.v1':
    case 'com.logbook.agent-version.update.v1':
      return agentsKey(message.tenant);
    case 'com.logbook.person.register.v1':
    case 'com.logbook.person.update.v1':
      return personKey(message.tenant, message.personId);
    case 'com.logbook.agent.changed.v1':
      return agentPath(message.tenant, message.agentName);
    case 'com.logbook.agent-version.changed.v1':
      return agentVersionPath(message.tenant, message.agentName, message.agentVersionName);
    case 'com.logbook.person.changed.v1':
      return personPath(message.tenant, message.personId);
    case 'com.logbook.log.created.v1':
      return controlKey('log');
    case 'com.logbook.tenant.created.v1':
    case 'com.logbook.tenant.disabled.v1':
    case 'com.logbook.tenant.enabled.v1':
      return controlKey(message.tenant);
    case 'com.logbook.api-key.issued.v1':
    case 'com.logbook.api-key.revoked.v1':
      return controlKey(`${message.tenant}/keys/${message.apiKeyId}`);
    case 'com.logbook.message.skipped.v1':
      return controlKey(`skipped/${message.topic}`);
  }
}

/** The JSON value of a command or control message, field by field as `values.ts` lists them. */
function dataOf(message: Command | ControlMessage): object {
  switch (message.type) {
    case 'com.logbook.fingerprint.register.v1':
      return { fingerprint_id: message.fingerprintId, content_json: message.contentJson } satisfies DataOf<
        typeof message.type
      >;
    case 'com.logbook.agent.register.v1':
      return { agent_name: message.agentName, description: message.description } satisfies DataOf<typeof message.type>;
    case 'com.logbook.agent.update.v1':
      return {
        agent_name: message.agentName,
        description: message.description,
        deprecated: message.deprecated,
      } satisfies DataOf<typeof message.type>;
    case 'com.logbook.agent-version.register.v1':
      return {
        agent_name: message.agentName,
        agent_version_name: message.agentVersionName,
        description: message.description,
      } satisfies DataOf<typeof message.type>;
    case 'com.logbook.agent-version.update.v1':
      return {
        agent_name: message.agentName,
        agent_version_name: message.agentVersionName,
        description: message.description,
        deprecated: message.deprecated,
      } satisfies DataOf<typeof message.type>;
    case 'com.logbook.person.register.v1':
    case 'com.logbook.person.update.v1':
      return { person_id: message.personId, properties_json: message.propertiesJson } satisfies DataOf<
        typeof message.type
      >;
    case 'com.logbook.log.created.v1':
      return {
        log_id: message.logId,
        secret: message.secret,
        format_version: message.formatVersion,
        partitions: message.partitions,
        origin: message.origin,
      } satisfies DataOf<typeof message.type>;
    case 'com.logbook.tenant.created.v1':
    case 'com.logbook.tenant.disabled.v1':
    case 'com.logbook.tenant.enabled.v1':
      return {};
    case 'com.logbook.api-key.issued.v1':
      return { api_key_id: message.apiKeyId, sha256: message.sha256, name: message.name } satisfies DataOf<
        typeof message.type
      >;
    case 'com.logbook.api-key.revoked.v1':
      return { api_key_id: message.apiKeyId } satisfies DataOf<typeof message.type>;
    case 'com.logbook.message.skipped.v1':
      return {
        topic: message.topic,
        key: message.key,
        sha256: message.sha256,
        reason: message.reason,
      } satisfies DataOf<typeof message.type>;
  }
}
