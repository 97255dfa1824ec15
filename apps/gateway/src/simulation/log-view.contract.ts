import { decodeMessage, FOLDED_TOPICS, offset } from '@logbook/contracts';
import type {
  EncodedMessage,
  FoldedTopic,
  LogbookMessage,
  Offset,
  Position,
  RawMessage,
  StoredMessage,
  TopicPartition,
} from '@logbook/contracts';
import { agentFact, agentVersionFact, type Fact, fingerprintFact, personFact } from '@logbook/core';
import type { MemoryEnvironment } from '@logbook/log/in-memory';

export const PARTITIONS = { control: 1, commands: 2, events: 2, 'dead-letters': 1 } as const;

export const PLACES = FOLDED_TOPICS.flatMap((topic: FoldedTopic) =>
  Array.from({ length: PARTITIONS[topic] }, (_, partition) => ({ topic, partition })),
);

/** What the log holds, read beside everybody. */
export class LogView {
  readonly messages: { readonly stored: StoredMessage; readonly message: LogbookMessage }[] = [];
  /** Where an event is for the first time. */
  readonly events = new Map<string, Position>();
  /** Where a value that somebody gave an entity is. */
  private readonly values = new Map<string, number>();
  private readonly facts = new Set<Fact>();
  private readonly read = new Map<string, number>();

  constructor(private readonly environment: MemoryEnvironment) {}

  catchUp(): this {
    for (const place of PLACES) {
      const name = `${place.topic} ${place.partition}`;
      const from = this.read.get(name) ?? 0;
      const { messages } = this.environment.readFrom(place, offset(from), Number.MAX_SAFE_INTEGER);
      for (const message of messages) this.learn(message);
      this.read.set(name, from + messages.length);
    }
    return this;
  }

  holds(fact: Fact): boolean {
    return this.facts.has(fact);
  }

  endOf(place: TopicPartition): Offset {
    return this.environment.end(place);
  }

  /** The offset of the message that gave an entity this value. */
  positionOf(entity: Fact, value: string): number | undefined {
    return this.values.get(`${entity} ${value}`);
  }

  private learn(stored: StoredMessage): void {
    const message = decoded(stored);
    this.messages.push({ stored, message });
    for (const fact of factsOf(message)) this.facts.add(fact);
    if (message.type === 'com.logbook.llm.recorded.v1' && !this.events.has(message.id)) {
      this.events.set(message.id, stored);
    }
    const given = valueOf(message);
    if (given !== undefined) this.values.set(`${given.entity} ${given.value}`, stored.offset);
  }
}

/** What a message keeps wherever it goes: its key, id, time and value. */
export const contentOf = ({ key, headers, value }: EncodedMessage | RawMessage): string =>
  [key, headers['ce_id'], headers['ce_time'], value].map(String).join('\n');

export function decoded(raw: RawMessage): LogbookMessage {
  const result = decodeMessage(raw);
  if (result.outcome !== 'DECODED') throw new Error(`a gateway wrote poison: ${result.reason}`);
  return result.message;
}

/** What a message makes true. */
export function factsOf(message: LogbookMessage): Fact[] {
  switch (message.type) {
    case 'com.logbook.fingerprint.register.v1':
      return [fingerprintFact(message.tenant, message.fingerprintId)];
    case 'com.logbook.agent.register.v1':
      return [agentFact(message.tenant, message.agentName)];
    case 'com.logbook.agent-version.register.v1':
      return [
        agentFact(message.tenant, message.agentName),
        agentVersionFact(message.tenant, message.agentName, message.agentVersionName),
      ];
    case 'com.logbook.person.register.v1':
      return [personFact(message.tenant, message.personId)];
    default:
      return [];
  }
}

function valueOf(message: LogbookMessage): { readonly entity: Fact; readonly value: string } | undefined {
  switch (message.type) {
    case 'com.logbook.agent.register.v1':
    case 'com.logbook.agent.update.v1':
      return valued(agentFact(message.tenant, message.agentName), message.description);
    case 'com.logbook.person.register.v1':
    case 'com.logbook.person.update.v1':
      return valued(personFact(message.tenant, message.personId), message.propertiesJson);
    default:
      return undefined;
  }
}

const valued = (entity: Fact, value: string | null | undefined) =>
  value === null || value === undefined ? undefined : { entity, value };
