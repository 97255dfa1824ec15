import { offset, type RawHeaders, type StoredMessage, type TopicPartition } from '@logbook/contracts';

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
