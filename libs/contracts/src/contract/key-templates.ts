import { eventId, fingerprintId, tenant } from '../brands.js';
import { decodeChange } from '../decode-change.js';
import { messageOf } from '../decode-data.js';
import { keyOf } from '../encode.js';
import { H } from '../headers.js';
import type { Change, LlmRecorded, MessageType } from '../message.js';
import { isChangeType } from '../topic-of.js';
import { isDataType, VALUE_FIELDS } from '../values.js';

const hole = (name: string): string => `{${name}}`;
const TENANT = tenant(hole(H.tenant));
const ATTRIBUTES = { id: hole(H.id), timeMs: 0, source: '' };

/**
 * How the key of a type is made, with the names of headers (`{ce_tenant}`) and of fields of the value (`{person_id}`) in
 * braces: what `keyOf` says of a message that holds nothing but such names. The first for which all are there applies.
 */
export function keyTemplates(type: MessageType): readonly string[] {
  // Here the parts are as in a URL, and so are the braces of their names.
  if (isChangeType(type)) return [decodeURIComponent(keyOf(changeOfHoles(type)))];
  if (!isDataType(type)) return [hole(H.session), null].map((session) => keyOf(eventOfHoles(session)));
  const value = Object.fromEntries(Object.keys(VALUE_FIELDS[type]).map((name) => [name, hole(name)]));
  return [keyOf(messageOf({ type, value, attributes: ATTRIBUTES, tenant: TENANT }))];
}

const eventOfHoles = (session: string | null): LlmRecorded => ({
  ...ATTRIBUTES,
  type: 'com.logbook.llm.recorded.v1',
  id: eventId(ATTRIBUTES.id),
  tenant: TENANT,
  fingerprintId: fingerprintId(hole(H.fingerprint)),
  agentName: '',
  agentVersionName: '',
  personId: null,
  session,
  summary: null,
  body: Buffer.alloc(0),
});

const changeOfHoles = (type: Change['type']): Change => {
  const nameIn = (header: string) => hole(header);
  return decodeChange({ type, data: undefined, nameIn }, { ...ATTRIBUTES, tenant: TENANT });
};

/** A regular expression that every key of one of the templates matches. */
export function keyPattern(templates: readonly string[]): string {
  const part = (name: string): string => (name === H.tenant ? '[a-z0-9-]{1,63}' : '[^\\u0000-\\u001f\\u007f-\\u009f]+');
  const alternatives = templates.map((template) => template.replace(/\{([^}]+)\}/g, (_, name: string) => part(name)));
  return `^(${[...new Set(alternatives)].join('|')})$`;
}
