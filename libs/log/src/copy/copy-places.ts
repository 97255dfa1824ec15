import {
  LOG_TOPICS,
  offset,
  type LogTopic,
  type Offset,
  type PartitionCounts,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';

/** How far a partition was read or written, and which message was the last: SHA-256, 64 hexadecimal digits. */
export interface CopyPlace {
  readonly next: Offset;
  readonly last: { readonly offset: Offset; readonly sha256: string } | null;
}

/** Per topic and partition (the index), of the topics that are copied. */
export type CopyPlaces = Readonly<Record<LogTopic, readonly CopyPlace[]>> &
  Readonly<Partial<Record<Topic, readonly CopyPlace[]>>>;

export function firstPlaces(partitions: PartitionCounts): CopyPlaces {
  const places = (topic: LogTopic): CopyPlace[] =>
    Array.from({ length: partitions[topic] }, () => ({ next: offset(0), last: null }));
  return {
    control: places('control'),
    commands: places('commands'),
    events: places('events'),
    'dead-letters': places('dead-letters'),
  };
}

export function placeAt(places: CopyPlaces, { topic, partition }: TopicPartition): CopyPlace {
  const place = places[topic]?.[partition];
  if (place === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
  return place;
}

export function withPlace(places: CopyPlaces, { topic, partition }: TopicPartition, place: CopyPlace): CopyPlaces {
  return { ...places, [topic]: places[topic]?.map((each, index) => (index === partition ? place : each)) };
}

/** Every partition, in the order in which logs are copied: `control` first, it says who the others belong to. */
export function everyPartition(places: CopyPlaces): (TopicPartition & { readonly place: CopyPlace })[] {
  return LOG_TOPICS.flatMap((topic) => places[topic].map((place, partition) => ({ topic, partition, place })));
}
