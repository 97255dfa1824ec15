import {
  boolean,
  countFromOne,
  formatVersion,
  hex,
  identifier,
  jsonObjectText,
  object,
  oneOf,
  optional,
  orNull,
  text,
  uuid,
  type Fields,
  type ValueOf,
} from './fields.js';
import type { Command, ControlMessage } from './message.js';
import { LOG_TOPICS, type LogTopic, type Topic } from './topics.js';

/** The types whose value is JSON of ours. That of an event is the request as it was received. */
export type DataType = (Command | ControlMessage)['type'];

const AGENT = { agent_name: identifier };
const VERSION = { ...AGENT, agent_version_name: identifier };
/** What an update changes; a field that is not there stays as it is. */
const CHANGES = { description: optional(orNull(text)), deprecated: optional(boolean) };
const PARTITIONS = Object.fromEntries(LOG_TOPICS.map((topic) => [topic, countFromOne])) as Record<
  LogTopic,
  typeof countFromOne
>;

/** The fields of each value, in their order; their names are part of the contract. */
export const VALUE_FIELDS = {
  'com.logbook.fingerprint.register.v1': { fingerprint_id: uuid, content_json: jsonObjectText },
  'com.logbook.agent.register.v1': { ...AGENT, description: orNull(text) },
  'com.logbook.agent.update.v1': { ...AGENT, ...CHANGES },
  'com.logbook.agent-version.register.v1': { ...VERSION, description: orNull(text) },
  'com.logbook.agent-version.update.v1': { ...VERSION, ...CHANGES },
  'com.logbook.person.register.v1': { person_id: identifier, properties_json: orNull(jsonObjectText) },
  'com.logbook.person.update.v1': { person_id: identifier, properties_json: jsonObjectText },
  'com.logbook.log.created.v1': {
    log_id: uuid,
    secret: text,
    format_version: formatVersion(1),
    partitions: object(PARTITIONS),
    origin: orNull(uuid),
  },
  'com.logbook.tenant.created.v1': {},
  'com.logbook.tenant.disabled.v1': {},
  'com.logbook.tenant.enabled.v1': {},
  'com.logbook.api-key.issued.v1': { api_key_id: hex(16), sha256: hex(64), name: text },
  'com.logbook.api-key.revoked.v1': { api_key_id: hex(16) },
  'com.logbook.message.skipped.v1': { topic: oneOf<Topic>(LOG_TOPICS), key: text, sha256: hex(64), reason: text },
} as const satisfies Readonly<Record<DataType, Fields>>;

export type DataOf<Type extends DataType> = ValueOf<(typeof VALUE_FIELDS)[Type]>;

export const isDataType = (type: string): type is DataType => Object.hasOwn(VALUE_FIELDS, type);

/** What concerns a whole log belongs to no tenant. */
const OF_THE_LOG: ReadonlySet<string> = new Set<DataType>([
  'com.logbook.log.created.v1',
  'com.logbook.message.skipped.v1',
]);
export const belongsToTenant = (type: string): boolean => !OF_THE_LOG.has(type);
