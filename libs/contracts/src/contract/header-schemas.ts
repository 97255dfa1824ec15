import { DEAD_LETTER_HEADERS } from '../dead-letter.js';
import { identifier, uuid } from '../fields.js';
import { H, SUMMARY_TEXT_BYTES_MAX } from '../headers.js';
import type { JsonSchema } from '../json-schema.js';
import type { MessageType } from '../message.js';
import { belongsToTenant } from '../values.js';

type HeaderName = (typeof H)[keyof typeof H];

const TEXT: JsonSchema = { type: 'string' };
/** Header values are text, numbers included. */
const COUNT: JsonSchema = { type: 'string', pattern: '^[0-9]{1,16}$' };
const SUMMARY_TEXT: JsonSchema = { type: 'string', maxLength: SUMMARY_TEXT_BYTES_MAX, pattern: '^[^\\u0000]*$' };
const said = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description });

/** A text of each header there is. `ce_datakey` is reserved: where it is set, the value is not as described. */
const SCHEMAS: Readonly<Record<Exclude<HeaderName, typeof H.datakey>, JsonSchema>> = {
  [H.specversion]: { type: 'string', const: '1.0' },
  [H.id]: said(TEXT, 'Unique per message; a message that was appended again has the same.'),
  [H.type]: TEXT,
  [H.source]: said(TEXT, 'What wrote the message, e.g. `logbook/gateway`.'),
  [H.time]: said({ type: 'string', format: 'date-time', pattern: 'Z$' }, 'When Logbook accepted it, in UTC.'),
  [H.tenant]: said({ type: 'string', pattern: '^[a-z0-9-]{1,63}$' }, 'The owner of the data.'),
  [H.contentType]: { type: 'string', const: 'application/json' },
  [H.traceparent]: said(TEXT, 'W3C trace context of the request that caused the message.'),
  [H.fingerprint]: said(uuid.schema, 'The environment that the call was made in.'),
  [H.agent]: said(identifier.schema, 'As resolved: `default` where none was given.'),
  [H.agentVersion]: said(identifier.schema, 'As resolved: `default` where none was given.'),
  [H.person]: identifier.schema,
  [H.session]: identifier.schema,
  [H.summary]: said(COUNT, 'The version of what read the summary (api, model, token counts) from the body.'),
  [H.api]: SUMMARY_TEXT,
  [H.model]: SUMMARY_TEXT,
  [H.inputTokens]: COUNT,
  [H.outputTokens]: COUNT,
  [H.retryOf]: said(TEXT, 'Of what the message is the retry: `<topic>/<partition>/<offset>`.'),
  [H.retryId]: said(TEXT, 'What tells two retries of one message apart.'),
};

interface HeaderNames {
  readonly required: readonly (keyof typeof SCHEMAS)[];
  readonly optional: readonly (keyof typeof SCHEMAS)[];
}

const EVERY_MESSAGE: HeaderNames = {
  required: [H.specversion, H.id, H.type, H.source, H.time, H.contentType],
  optional: [H.traceparent, H.retryOf, H.retryId],
};
const EVENT: HeaderNames = {
  required: [H.fingerprint, H.agent, H.agentVersion],
  optional: [H.person, H.session, H.summary, H.api, H.model, H.inputTokens, H.outputTokens],
};

/** The headers of a type of message. A client delivers them as bytes: they are UTF-8. */
export function headersSchema(type: MessageType): JsonSchema {
  const isEvent = type === 'com.logbook.llm.recorded.v1';
  const { required, optional } = isEvent ? EVENT : { required: namesOf(type), optional: [] };
  const tenant = belongsToTenant(type) ? [H.tenant] : [];
  const names = [...EVERY_MESSAGE.required, ...tenant, ...required];
  const properties = Object.fromEntries(
    [...names, ...EVERY_MESSAGE.optional, ...optional].map((name) => [name, SCHEMAS[name]]),
  );
  properties[H.type] = { type: 'string', const: type };
  if (isEvent) properties[H.id] = { ...SCHEMAS[H.id], ...uuid.schema };
  return { type: 'object', properties, required: names };
}

/** Whose state a change is: a deletion has no value to say it. */
function namesOf(type: MessageType): HeaderNames['required'] {
  switch (type) {
    case 'com.logbook.agent.changed.v1':
      return [H.agent];
    case 'com.logbook.agent-version.changed.v1':
      return [H.agent, H.agentVersion];
    case 'com.logbook.person.changed.v1':
      return [H.person];
    default:
      return [];
  }
}

const DEAD_LETTER: Readonly<Record<keyof typeof DEAD_LETTER_HEADERS, JsonSchema>> = {
  id: said(TEXT, 'The same however often the letter is published.'),
  reason: said(TEXT, 'Why the message will never be applied.'),
  step: said(TEXT, 'Where it failed: `decode`, `apply`, or, in a subscriber, `handle`.'),
  group: said(TEXT, 'The subscriber that could not handle it; absent where the projections could not apply it.'),
  topic: said(TEXT, 'Where the original lies: the class of its topic, without prefix.'),
  partition: said({ type: 'string', pattern: '^[0-9]+$' }, 'Where the original lies.'),
  offset: said({ type: 'string', pattern: '^[0-9]+$' }, 'Where the original lies.'),
  altered: said({ type: 'string', contentMediaType: 'application/json' }, 'What could not be published as it was.'),
};

/** The headers of a dead letter: these, and those of the original, whatever they are. */
export function deadLetterHeadersSchema(): JsonSchema {
  const optional: ReadonlySet<string> = new Set(['group', 'altered']);
  const keys = Object.keys(DEAD_LETTER_HEADERS) as (keyof typeof DEAD_LETTER_HEADERS)[];
  return {
    type: 'object',
    properties: Object.fromEntries(keys.map((key) => [DEAD_LETTER_HEADERS[key], DEAD_LETTER[key]])),
    required: keys.filter((key) => !optional.has(key)).map((key) => DEAD_LETTER_HEADERS[key]),
  };
}
