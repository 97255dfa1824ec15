import { isUtf8 } from 'node:buffer';
import { eventId, fingerprintId, tenant as asTenant } from './brands.js';
import { decodeChange } from './decode-change.js';
import { decodeData } from './decode-data.js';
import { keyOf } from './encode.js';
import { H } from './headers.js';
import { identifierProblem, isUuid, tenantProblem } from './identifiers.js';
import type { Attributes, LlmRecorded, LogbookMessage, RawHeaders, RawMessage, Summary } from './message.js';
import { PoisonError, quoted } from './poison.js';
import { isOfNewerRelease, isOfThisRelease, NewerReleaseError } from './release.js';
import { lastValue } from './sent-at.js';
import { isSummaryText } from './summary.js';
import { isChangeType, topicOf } from './topic-of.js';
import type { Topic } from './topics.js';
import { upcast } from './upcast.js';
import { utcTimeMs } from './utc-time.js';

/**
 * `POISON` is the verdict of pure code that no replay will ever apply this message:
 * it cannot be decoded, or it breaks its own rules. `NEWER` is no verdict: a release later than this one wrote the message,
 * and can read it.
 */
export type Decoded =
  | { readonly outcome: 'DECODED'; readonly message: LogbookMessage }
  | { readonly outcome: 'POISON'; readonly reason: string }
  | { readonly outcome: 'NEWER'; readonly reason: string };

/**
 * Decodes any message this or an earlier release wrote. Never throws for what a message holds.
 *
 * Its key, and its topic where `raw` names one, must be those of its content: a fold relies on messages of one entity
 * sharing a key and so a partition. A dead letter keeps its original key but lies in a topic of its own.
 */
export function decodeMessage(raw: RawMessage & { readonly topic?: Topic }): Decoded {
  try {
    const message = decode(raw);
    checkPlace(raw, message);
    return { outcome: 'DECODED', message };
  } catch (error) {
    if (error instanceof PoisonError) return { outcome: 'POISON', reason: error.message };
    if (error instanceof NewerReleaseError) return { outcome: 'NEWER', reason: error.message };
    throw error;
  }
}

function decode(raw: RawMessage): LogbookMessage {
  const { headers } = raw;
  if (required(headers, H.specversion) !== '1.0') throw new PoisonError('ce_specversion is not 1.0');
  const type = required(headers, H.type);
  if (isOfNewerRelease(type)) throw new NewerReleaseError(`${H.type} ${quoted(type)} is unknown to this release`);
  if (headers[H.datakey] !== undefined && isOfThisRelease(type)) {
    throw new NewerReleaseError(`${H.datakey} is set, and this release reads no encrypted values`);
  }
  const attributes = decodeAttributes(headers);
  if (isChangeType(type)) {
    const owned = { ...attributes, tenant: asTenant(tenantOf(headers) ?? missing(H.tenant)) };
    const data = raw.value === null ? undefined : parseJson(raw.value);
    return decodeChange({ type, data, nameIn: (name) => identifier(headers, name) ?? missing(name) }, owned);
  }
  if (raw.value === null) throw new PoisonError('the value is missing');
  if (type === 'com.logbook.llm.recorded.v1') return decodeEvent(headers, attributes, raw.value);
  return decodeData(upcast({ type, data: parseJson(raw.value) }), attributes, tenantOf(headers));
}

function checkPlace(raw: RawMessage & { readonly topic?: Topic }, message: LogbookMessage): void {
  if (raw.key === null || !isTextOf(raw.key, keyOf(message))) {
    throw new PoisonError('the key is not that of the message');
  }
  if (raw.topic !== undefined && raw.topic !== 'dead-letters' && raw.topic !== topicOf(message)) {
    throw new PoisonError(`ce_type belongs to ${topicOf(message)}, not to ${raw.topic}`);
  }
}

/** Whether these are the bytes of the text. Nearly all keys are ASCII and equal, and then nothing is encoded to tell. */
function isTextOf(bytes: Buffer, text: string): boolean {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) < 0x80 && bytes[at] === text.charCodeAt(at)) at += 1;
  return at === text.length ? at === bytes.length : bytes.equals(Buffer.from(text));
}

function decodeAttributes(headers: RawHeaders): Attributes {
  return {
    id: required(headers, H.id),
    timeMs: decodeTime(required(headers, H.time)),
    source: required(headers, H.source),
    traceparent: text(headers, H.traceparent),
  };
}

function decodeTime(time: string): number {
  const timeMs = utcTimeMs(time);
  if (timeMs === undefined) throw new PoisonError(`${H.time} is not a time in UTC: ${quoted(time)}`);
  return timeMs;
}

function tenantOf(headers: RawHeaders): string | undefined {
  const value = text(headers, H.tenant);
  const problem = value === undefined ? undefined : tenantProblem(value);
  if (problem !== undefined) throw new PoisonError(`${H.tenant} ${problem}`);
  return value;
}

function decodeEvent(headers: RawHeaders, attributes: Attributes, body: Buffer): LlmRecorded {
  const tenant = tenantOf(headers);
  if (tenant === undefined) throw new PoisonError('ce_tenant is missing');
  if (!isUuid(attributes.id)) throw new PoisonError('ce_id is not a UUID');
  const fingerprint = required(headers, H.fingerprint);
  if (!isUuid(fingerprint)) throw new PoisonError('ce_fingerprint is not a UUID');
  // Member by member: a spread with members behind it costs as much as all the rest of decoding an event.
  return {
    type: 'com.logbook.llm.recorded.v1',
    id: eventId(attributes.id.toLowerCase()),
    timeMs: attributes.timeMs,
    source: attributes.source,
    traceparent: attributes.traceparent,
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
    api: summaryText(headers, H.api),
    model: summaryText(headers, H.model),
    inputTokens: tokens(headers, H.inputTokens),
    outputTokens: tokens(headers, H.outputTokens),
  };
}

function summaryText(headers: RawHeaders, name: string): string | null {
  const value = text(headers, name);
  if (value !== undefined && !isSummaryText(value)) throw new PoisonError(`${name} is too long or holds NUL`);
  return value ?? null;
}

function tokens(headers: RawHeaders, name: string): number | null {
  const value = text(headers, name);
  return value === undefined ? null : count(name, value);
}

function count(name: string, value: string): number {
  const number = Number(value);
  if (!/^\d{1,16}$/.test(value) || !Number.isSafeInteger(number)) {
    throw new PoisonError(`${name} is not a count: ${quoted(value)}`);
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
  const last = lastValue(headers[name]);
  if (typeof last === 'string') return last;
  // Optional also for null, which a client may deliver, whatever its types say, for a header without a value.
  const decoded = last?.toString('utf8');
  // Replacing what is not UTF-8 would make two names one; only a text that holds the replacement can be such.
  if (decoded?.includes('\ufffd') === true && !isUtf8(last as Buffer)) throw new PoisonError(`${name} is not UTF-8`);
  return decoded;
}

function required(headers: RawHeaders, name: string): string {
  return text(headers, name) ?? missing(name);
}

function missing(name: string): never {
  throw new PoisonError(`${name} is missing`);
}

/** Says nothing of the text: the parser's own message quotes it, and a reason is stored and logged. */
function parseJson(value: Buffer): unknown {
  if (!isUtf8(value)) throw new PoisonError('the value is not UTF-8');
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    throw new PoisonError('the value is not JSON');
  }
}
