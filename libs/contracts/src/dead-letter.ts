import { isUtf8 } from 'node:buffer';
import { entityId } from './entity-id.js';
import { messageSha256 } from './message-hash.js';
import type { EncodedMessage, RawHeaders, StoredMessage } from './message.js';

/**
 * What a message of `dead-letters` has beside the headers of the original. They are no CloudEvents attributes, since the
 * original need not be an event. `altered` is there only where something could not be published as it was.
 */
export const DEAD_LETTER_HEADERS = {
  /** The same however often the letter is published: repeats can be told. */
  id: 'lb_id',
  reason: 'lb_reason',
  /** `decode`, `apply`, or, of a subscriber's handler, `handle`. */
  step: 'lb_step',
  /** Which subscriber's; absent where it is the projections'. */
  group: 'lb_group',
  topic: 'lb_topic',
  partition: 'lb_partition',
  offset: 'lb_offset',
  altered: 'lb_altered',
} as const;

export interface DeadLetter {
  readonly message: StoredMessage;
  readonly step: string;
  readonly reason: string;
  /** The group of the subscriber that could not handle it; absent where the projections could not apply it. */
  readonly group?: string | undefined;
}

/** How much of the original a dead letter carries. Each is smaller than the one before. */
export const DEAD_LETTER_FORMS = ['WHOLE', 'WITHOUT_VALUE', 'POSITION_ALONE'] as const;
export type DeadLetterForm = (typeof DEAD_LETTER_FORMS)[number];

/** What became of a part: `base64` of bytes that are no text, `null` published as empty, the `last` of repeated ones, or nothing. */
type Alteration = 'base64' | 'null' | 'last' | 'omitted';
interface Alterations {
  key?: Alteration;
  value?: Alteration;
  headers?: Record<string, Alteration> | 'omitted';
}

/**
 * Encodes the message of `dead-letters` that stands for another: its key, headers and value as they are, and why, at which
 * step and from where. Where the log takes no such key or header (it takes texts), or the form leaves a part out,
 * `lb_altered` says what was done as JSON: `{"key":"base64","headers":{"x":"last"},"value":"omitted"}`.
 */
export function encodeDeadLetter({ message, step, reason, group }: DeadLetter, form: DeadLetterForm): EncodedMessage {
  const altered: Alterations = {};
  const headers = form === 'POSITION_ALONE' ? {} : textHeaders(message.headers, altered);
  if (form === 'POSITION_ALONE') altered.headers = 'omitted';
  const key = form === 'POSITION_ALONE' ? omittedKey(altered) : textKey(message.key, altered);
  const { topic, partition, offset } = message;
  headers[DEAD_LETTER_HEADERS.id] = entityId(
    'dead-letter',
    topic,
    String(partition),
    String(offset),
    sha256Of(message),
    ...(group === undefined ? [] : [group]),
  );
  if (group !== undefined) headers[DEAD_LETTER_HEADERS.group] = group;
  headers[DEAD_LETTER_HEADERS.reason] = reason;
  headers[DEAD_LETTER_HEADERS.step] = step;
  headers[DEAD_LETTER_HEADERS.topic] = topic;
  headers[DEAD_LETTER_HEADERS.partition] = String(partition);
  headers[DEAD_LETTER_HEADERS.offset] = String(offset);
  if (form !== 'WHOLE') altered.value = 'omitted';
  else if (message.value === null) altered.value = 'null';
  if (Object.keys(altered).length > 0) headers[DEAD_LETTER_HEADERS.altered] = JSON.stringify(altered);
  return { key, headers, value: form === 'WHOLE' && message.value !== null ? message.value : Buffer.alloc(0) };
}

const sha256Of = (message: StoredMessage): string => messageSha256(message).toString('hex');

function omittedKey(altered: Alterations): string {
  altered.key = 'omitted';
  return '';
}

function textKey(key: Buffer | null, altered: Alterations): string {
  if (key === null) {
    altered.key = 'null';
    return '';
  }
  if (isUtf8(key)) return key.toString('utf8');
  altered.key = 'base64';
  return key.toString('base64');
}

function textHeaders(headers: RawHeaders, altered: Alterations): Record<string, string> {
  const texts: Record<string, string> = {};
  const changes: Record<string, Alteration> = {};
  for (const [name, value] of Object.entries(headers)) {
    const { text, alteration } = headerText(value ?? null);
    texts[name] = text;
    if (alteration !== undefined) changes[name] = alteration;
  }
  if (Object.keys(changes).length > 0) altered.headers = changes;
  return texts;
}

/** A client may deliver null for a header without a value, whatever its types say. */
function headerText(value: RawHeaders[string] | null): { readonly text: string; readonly alteration?: Alteration } {
  if (value === null || value === undefined) return { text: '', alteration: 'null' };
  if (Array.isArray(value)) {
    const last = headerText(value[value.length - 1] ?? null);
    return value.length === 1 ? last : { text: last.text, alteration: last.alteration ?? 'last' };
  }
  if (typeof value === 'string') return { text: value };
  return isUtf8(value) ? { text: value.toString('utf8') } : { text: value.toString('base64'), alteration: 'base64' };
}
