import { H, KEY_AND_HEADERS_BYTES_MAX } from '../headers.js';
import type { JsonSchema } from '../json-schema.js';
import type { MessageType } from '../message.js';
import { DEFAULT_PARTITION_COUNTS, partitionCountOf, topicName, TOPICS, type Topic } from '../topics.js';
import { DEAD_LETTER, type Contract, type MessageContract } from './contract.js';
import { keyPattern } from './key-templates.js';

/** An object of the document; what its members mean is AsyncAPI's affair, whose own schema checks them. */
type Part = Readonly<Record<string, unknown>>;

const KAFKA_BINDING = '0.5.0';
const SCHEMA_FORMAT = 'application/schema+json;version=draft-07';

/** What a topic is for, and what sharing a key means in it. */
const TOPIC_DESCRIPTIONS: Readonly<Record<Topic, string>> = {
  control: 'Genesis, tenants, API keys, and messages that every replay leaves out. One partition: all is in order.',
  commands: 'What asks for an agent, a version, a person or a fingerprint. In order for each key.',
  events: 'LLM calls as they were recorded. In order for each session.',
  changes:
    'What every agent, version and person is now. Compacted: of each key the last message stays, one without a value is a deletion. Each part of a key is escaped as in a URL. Written in transactions: read committed messages only.',
  'dead-letters': 'Messages that will never be applied: the original key, headers and bytes, with reason and position.',
};

const SUMMARIES: Readonly<Record<MessageType | typeof DEAD_LETTER, string>> = {
  'com.logbook.llm.recorded.v1': 'An LLM call was recorded.',
  'com.logbook.fingerprint.register.v1': 'Registers the environment of a client process.',
  'com.logbook.agent.register.v1': 'Registers an agent; registering what exists changes nothing.',
  'com.logbook.agent.update.v1': 'Changes an agent; what is absent stays, a null description is cleared.',
  'com.logbook.agent-version.register.v1': 'Registers a version, and its agent where there is none.',
  'com.logbook.agent-version.update.v1': 'Changes a version; what is absent stays, a null description is cleared.',
  'com.logbook.person.register.v1': 'Registers a person, or replaces the properties of one that exists unless null.',
  'com.logbook.person.update.v1': 'Replaces the properties of a person that exists.',
  'com.logbook.agent.changed.v1': 'What an agent is now; without a value there is none.',
  'com.logbook.agent-version.changed.v1': 'What a version is now; without a value there is none.',
  'com.logbook.person.changed.v1': 'What a person is now; without a value there is none.',
  'com.logbook.log.created.v1': 'The first message of a log; only the one at offset 0 counts.',
  'com.logbook.tenant.created.v1': 'A tenant was created.',
  'com.logbook.tenant.disabled.v1': 'A tenant was disabled: its keys are refused.',
  'com.logbook.tenant.enabled.v1': 'A tenant was enabled again.',
  'com.logbook.api-key.issued.v1': 'An API key was issued; only its hash is kept.',
  'com.logbook.api-key.revoked.v1': 'An API key was revoked.',
  'com.logbook.message.skipped.v1': 'A message that every replay leaves out, named by its hash.',
  [DEAD_LETTER]: 'Stands for a message that will never be applied.',
};

const SUPERSEDED = 'An older version: written no more, and still in logs.';

const DESCRIPTION = `What a service that reads Logbook's topics may rely on. Messages are CloudEvents 1.0 in Kafka's binary mode: attributes are headers, in UTF-8, and the value is the data. Key and headers together stay under ${KEY_AND_HEADERS_BYTES_MAX} bytes. The partition of a key is that of Kafka's default partitioner (murmur2). A message with a header \`${H.datakey}\`, which is reserved, has a value that is not as described. Headers, fields, types and values of enumerations may be added; what else changes gets a new version of its type.`;

/** The name of a type in files and in the document: `agent.register.v1`. */
export const shortName = (type: string): string => type.replace(/^com\.logbook\./, '');

/** By the name of a file: the JSON Schemas of headers and values. */
export function schemaFiles(contract: Contract): ReadonlyMap<string, JsonSchema> {
  const files = Object.entries(contract).flatMap(([type, message]) => {
    const named = (part: string, schema: JsonSchema | null) =>
      schema === null ? [] : [[schemaFile(type, part), titled(`${type}, ${part}`, schema)] as const];
    return [...named('headers', message.headers), ...named('value', message.value)];
  });
  return new Map(files);
}

const titled = (title: string, schema: JsonSchema): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title,
  ...schema,
});

const schemaFile = (type: string, part: string): string => `${shortName(type)}.${part}.json`;

/** The AsyncAPI 3 document, of which the schemas are files beside it, in `schemas/`. */
export function asyncApiDocument(contract: Contract, version: string): Part {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Logbook topics', version, description: DESCRIPTION, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: '{broker}',
        protocol: 'kafka',
        variables: { broker: { default: '127.0.0.1:9092', description: 'One of `KAFKA_BROKERS`.' } },
      },
    },
    channels: Object.fromEntries(TOPICS.map((topic) => [topic, channel(topic, contract)])),
    // Seen from Logbook: it sends, its readers receive.
    operations: Object.fromEntries(TOPICS.map((topic) => [`write-${topic}`, operation(topic)])),
    components: {
      messages: Object.fromEntries(
        Object.entries(contract).map(([type, message]) => [shortName(type), messageObject(type, message)]),
      ),
    },
  };
}

function channel(topic: Topic, contract: Contract): Part {
  const types = Object.keys(contract).filter((type) => contract[type]?.topic === topic);
  return {
    address: topicName('{prefix}', topic),
    description: TOPIC_DESCRIPTIONS[topic],
    parameters: { prefix: { default: 'logbook', description: '`LOGBOOK_TOPIC_PREFIX`.' } },
    messages: Object.fromEntries(types.map((type) => [shortName(type), reference('components/messages', type)])),
    bindings: {
      kafka: { partitions: partitionCountOf(DEFAULT_PARTITION_COUNTS, topic), bindingVersion: KAFKA_BINDING },
    },
  };
}

const reference = (at: string, type: string): Part => ({ $ref: `#/${at}/${shortName(type)}` });

const operation = (topic: Topic): Part => ({ action: 'send', channel: { $ref: `#/channels/${topic}` } });

function messageObject(type: string, message: MessageContract): Part {
  const isLetter = type === DEAD_LETTER;
  const schema = (part: string): Part => ({
    schemaFormat: SCHEMA_FORMAT,
    schema: { $ref: `./schemas/${schemaFile(type, part)}` },
  });
  const key = { type: 'string', description: message.key.map((one) => `\`${one}\``).join(', or without that ') };
  return {
    name: type,
    title: shortName(type),
    summary: Object.hasOwn(SUMMARIES, type) ? SUMMARIES[type as MessageType] : SUPERSEDED,
    contentType: isLetter ? 'application/octet-stream' : 'application/json',
    headers: schema('headers'),
    ...(message.value === null ? {} : { payload: schema('value') }),
    bindings: {
      kafka: {
        key: isLetter ? key : { ...key, pattern: keyPattern(message.key) },
        bindingVersion: KAFKA_BINDING,
      },
    },
  };
}
