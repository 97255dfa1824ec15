import { STATE_FIELDS } from '../change-values.js';
import { schemaOfFields } from '../fields.js';
import type { JsonSchema } from '../json-schema.js';
import type { MessageType } from '../message.js';
import { isChangeType, MESSAGE_TYPES, topicOfType } from '../topic-of.js';
import type { Topic } from '../topics.js';
import { isDataType, VALUE_FIELDS } from '../values.js';
import { EVENT_VALUE } from './event-value.js';
import { deadLetterHeadersSchema, headersSchema } from './header-schemas.js';
import { keyTemplates } from './key-templates.js';

/** What a reader of the topics may rely on of one version of one type. */
export interface MessageContract {
  readonly topic: Topic;
  /** See `keyTemplates`. */
  readonly key: readonly string[];
  readonly headers: JsonSchema;
  /** Null where the value is bytes of any kind. A message of `changes` may have no value: then it is deleted. */
  readonly value: JsonSchema | null;
}

/** By type, dead letters included. */
export type Contract = Readonly<Record<string, MessageContract>>;

export const DEAD_LETTER = 'dead-letter';

/** The contract of what this release writes. */
export function contractOfThisRelease(): Contract {
  const messages = MESSAGE_TYPES.map((type) => [type, messageContract(type)] as const);
  return { ...Object.fromEntries(messages), [DEAD_LETTER]: deadLetterContract() };
}

const messageContract = (type: MessageType): MessageContract => ({
  topic: topicOfType(type),
  key: keyTemplates(type),
  headers: headersSchema(type),
  value: valueSchema(type),
});

function valueSchema(type: MessageType): JsonSchema {
  if (isChangeType(type)) return schemaOfFields(STATE_FIELDS[type]);
  return isDataType(type) ? schemaOfFields(VALUE_FIELDS[type]) : EVENT_VALUE;
}

const deadLetterContract = (): MessageContract => ({
  topic: 'dead-letters',
  key: ['{key of the original}'],
  headers: deadLetterHeadersSchema(),
  value: null,
});

/**
 * What a topic may hold: what this release writes, and what an upcaster still reads. Of a type that is written no more the
 * contract is the last that was released. `released`: from the oldest to the newest.
 */
export function wholeContract(released: readonly Contract[], superseded: Iterable<string>): Contract {
  const older = [...superseded].map((type) => {
    const last = released.findLast((contract) => Object.hasOwn(contract, type))?.[type];
    if (last === undefined) throw new Error(`${type} has an upcaster but is in no released contract`);
    return [type, last] as const;
  });
  return { ...contractOfThisRelease(), ...Object.fromEntries(older) };
}
