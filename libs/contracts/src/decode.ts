import { eventId, fingerprintId, tenant as asTenant } from './brands.js';
import { decodeData } from './decode-data.js';
import { H } from './headers.js';
import { identifierProblem, isUuid, tenantProblem } from './identifiers.js';
import type { Attributes, LlmRecorded, LogbookMessage, RawHeaders, RawMessage, Summary } from './message.js';
import { PoisonError } from './poison.js';
import { upcast } from './upcast.js';

/**
 * `POISON` is the verdict of pure code that no replay will ever apply this message:
 * it cannot be decoded, or it breaks its own rules.
 */
export type Decoded =
  | { readonly outcome: 'DECODED'; readonly message: LogbookMessage }
  | { readonly outcome: 'POISON'; readonly reason: string };

/** Decodes any message this or an earlier release wrote. Never throws for what a message holds. */
export function decodeMessage(raw: RawMessage): Decoded {
  try {
    return { outcome: 'DECODED', message: decode(raw) };
  } catch (error) {
    if (error instanceof PoisonError) return { outcome: 'POISON', reason: error.message };
    throw error;
  }
}

function decode(raw: RawMessage): LogbookMessage {
  const { headers } = raw;
  if (required(headers, H.specversion) !== '1.0') throw new PoisonError('ce_specversion is not 1.0');
  if (headers[H.datakey] !== undefined) throw new PoisonError('ce_datakey: encrypted values are not supported');
  const type = required(headers, H.type);
  const attributes = decodeAttributes(headers);
  if (raw.value === null) throw new PoisonError('the value is missing');
  if (type === 'com.logbook.llm.recorded.v1') return decodeEvent(headers, attributes, raw.value);
  return decodeData(upcast({ type, data: parseJson(raw.value) }), attributes, tenantOf(headers));
}

function decodeAttributes(headers: RawHeaders): Attributes {
  const time = required(headers, H.time);
  const timeMs = Date.parse(time);
  if (Number.isNaN(timeMs)) throw new PoisonError(`ce_time is not a time: ${JSON.stringify(time)}`);
  return {
    id: required(headers, H.id),
    timeMs,
    source: required(headers, H.source),
    traceparent: text(headers, H.traceparent),
  };
}

function tenantOf(headers: RawHeaders): string | undefined {
  const value = text(headers, H.tenant);
  if (value !== undefined && tenantProblem(value) !== undefined) {
    throw new PoisonError(`ce_tenant ${tenantProblem(value)}`);
  }
  return value;
}

function decodeEvent(headers: RawHeaders, attributes: Attributes, body: Buffer): LlmRecorded {
  const tenant = tenantOf(headers);
  if (tenant === undefined) throw new PoisonError('ce_tenant is missing');
  if (!isUuid(attributes.id)) throw new PoisonError('ce_id is not a UUID');
  const fingerprint = required(headers, H.fingerprint);
  if (!isUuid(fingerprint)) throw new PoisonError('ce_fingerprint is not a UUID');
  return {
    ...attributes,
    type: 'com.logbook.llm.recorded.v1',
    id: eventId(attributes.id.toLowerCase()),
    tenant: asTenant(tenant),
    fingerprintId: fingerprintId(fingerprint.toLowerCase()),
    agentName: identifier(headers, H.agent) ?? missing(H.agent),
    agentVersionName: identifier(headers, H.agentVersion) ?? missing(H.agentVersion),
    personId: identifier(headers, H.person) ?? null,
    session: identifier(headers, H.session) ?? null,
    summary: decodeSummary(headers),
    body,
  };
}

function decodeSummary(headers: RawHeaders): Summary | null {
  const extractor = text(headers, H.summary);
  if (extractor === undefined) return null;
  return {
    extractor: count(H.summary, extractor),
    api: text(headers, H.api) ?? null,
    model: text(headers, H.model) ?? null,
    inputTokens: tokens(headers, H.inputTokens),
    outputTokens: tokens(headers, H.outputTokens),
  };
}

function tokens(headers: RawHeaders, name: string): number | null {
  const value = text(headers, name);
  return value === undefined ? null : count(name, value);
}

function count(name: string, value: string): number {
  const number = Number(value);
  if (!/^\d{1,16}$/.test(value) || !Number.isSafeInteger(number)) {
    throw new PoisonError(`${name} is not a count: ${JSON.stringify(value)}`);
  }
  return number;
}

function identifier(headers: RawHeaders, name: string): string | undefined {
  const value = text(headers, name);
  if (value === undefined) return undefined;
  const problem = identifierProblem(value);
  if (problem !== undefined) throw new PoisonError(`${name} ${problem}`);
  return value;
}

/** A header's text; of a repeated header, the last. */
function text(headers: RawHeaders, name: string): string | undefined {
  const value = headers[name];
  const last = Array.isArray(value) ? value[value.length - 1] : value;
  return typeof last === 'string' ? last : last?.toString('utf8');
}

function required(headers: RawHeaders, name: string): string {
  return text(headers, name) ?? missing(name);
}

function missing(name: string): never {
  throw new PoisonError(`${name} is missing`);
}

function parseJson(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch (error) {
    throw new PoisonError(`the value is not JSON: ${(error as Error).message}`);
  }
}
