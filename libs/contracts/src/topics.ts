/** The topics that are the log: kept for ever, and carried along when it is copied. */
export const LOG_TOPICS = ['control', 'commands', 'events', 'dead-letters'] as const;
export type LogTopic = (typeof LOG_TOPICS)[number];

/**
 * All topics: those of the log, and `changes`, the feed that projectors derive from it. Code speaks of a topic by its
 * class; only log drivers know the full name, so that checkpoints survive a copy to topics with another prefix.
 */
export const TOPICS = [...LOG_TOPICS, 'changes'] as const;
export type Topic = (typeof TOPICS)[number];

/** Whether of the messages of one key the broker may drop all but the last. */
export const isCompacted = (topic: Topic): boolean => topic === 'changes';

/** Topics whose messages a fold turns into rows. */
export const FOLDED_TOPICS = ['commands', 'events'] as const satisfies readonly Topic[];
export type FoldedTopic = (typeof FOLDED_TOPICS)[number];

/** How many partitions each topic of the log has. Fixed when the log is created; `control` always has one. */
export type PartitionCounts = Readonly<Record<LogTopic, number>>;

/** How many partitions any topic has: the feed as many as the commands it is derived from. */
export const partitionCountOf = (counts: PartitionCounts, topic: Topic): number =>
  counts[topic === 'changes' ? 'commands' : topic];

export const DEFAULT_PARTITION_COUNTS: PartitionCounts = {
  control: 1,
  commands: 6,
  events: 12,
  'dead-letters': 1,
};

/**
 * One machine gains nothing from more partitions: there is one projector and one writer. Two, so that a batch of one can be
 * decoded while one of the other is written.
 */
export const EMBEDDED_PARTITION_COUNTS: PartitionCounts = {
  control: 1,
  commands: 2,
  events: 2,
  'dead-letters': 1,
};

/** The name of a topic on the broker: `<prefix>.<class>`. */
export const topicName = (prefix: string, topic: Topic): string => `${prefix}.${topic}`;

/** A place in the log. */
export interface TopicPartition {
  readonly topic: Topic;
  readonly partition: number;
}
