import {
  offset,
  type EncodedMessage,
  type RawHeaders,
  type RawMessage,
  type Topic,
  type StoredMessage,
  type TopicPartition,
} from '@logbook/contracts';

import { LogMismatchError } from '@logbook/core';

/** What kafkajs delivers of a message, in a batch and in a fetch. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: RawHeaders | undefined;
}

export function storedMessage({ topic, partition }: TopicPartition, fetched: FetchedMessage): StoredMessage {
  return {
    topic,
    partition,
    offset: offset(Number(fetched.offset)),
    key: fetched.key,
    headers: fetched.headers ?? {},
    value: fetched.value,
  };
}

/** kafkajs delivers a header whose value is null and fails half-way through a request when it is to write one. */
export function requireWritable(topic: Topic, messages: readonly (EncodedMessage | RawMessage)[]): void {
  messages.forEach(({ headers }, index) => {
    for (const name in headers) {
      const value: unknown = headers[name];
      if (value === null || (Array.isArray(value) && value.includes(null))) {
        throw new LogMismatchError(
          `message ${index + 1} of ${messages.length} for ${topic} has a header ${JSON.stringify(name)} without a value, ` +
            'which the Kafka client cannot write: a foreign producer wrote it; keep this log where it is, or in an embedded one',
        );
      }
    }
  });
}
