import type {
  EncodedChange,
  Offset,
  PartitionCounts,
  Position,
  RawMessage,
  StoredMessage,
  Topic,
  TopicPartition,
} from '@logbook/contracts';

/**
 * The log: an append-only, partitioned record. Two drivers (Apache Kafka, LMDB) pass one contract suite.
 *
 * Errors: a lost or unready dependency rejects with `LogUnavailableError` (retrying may help); a log that is
 * not what it should be rejects with `LogMismatchError` (retrying cannot help); anything else is a bug.
 */
export interface Log {
  /**
   * Creates those of `topics` that are missing, with `partitions`, and checks the settings of those that exist.
   * `control` comes first: its first message says how many partitions the others have. A topic can be used once
   * it was prepared; until then it is unavailable. Rejects with `LogMismatchError`, naming topic, setting and remedy, when one is configured otherwise.
   */
  prepare(options: { readonly topics: readonly Topic[]; readonly partitions: PartitionCounts }): Promise<void>;

  /**
   * Appends messages in order and resolves with their positions, one each, once every one is durable:
   * acknowledged by all in-sync replicas, or fsynced. Messages of one key go to one partition
   * (murmur2 of the key) and keep the order of the calls. A rejection says nothing about durability:
   * some messages may be in the log. Does not wait for consumers.
   * A message over the topic's limit rejects with `MessageTooLargeError`; nothing is appended then.
   *
   * A message as it lies in another log is appended as it is, also one that only a foreign producer writes: with a key
   * that is no text, or none (then it goes to partition 0), with repeated headers or such without a value, or without a value.
   */
  append(topic: Topic, messages: readonly (EncodedChange | RawMessage)[]): Promise<Position[]>;

  /** The partition `append` would choose for `key`. */
  partitionOf(topic: Topic, key: string | Buffer | null): number;

  /** Per partition (the index), the offset the next message will get, or more where the log has holes. */
  ends(topic: Topic): Promise<Offset[]>;

  /** Per partition (the index), the lowest offset the log still holds. */
  starts(topic: Topic): Promise<Offset[]>;

  /** One message, or `undefined` if the log holds none at that offset (a hole, past the end, deleted). */
  read(position: Position): Promise<StoredMessage | undefined>;

  /**
   * Reads [from, to) of one partition in order, in batches; joins no group and moves no position. The first batch begins
   * at `from`, each other where the one before ends, and the last one's `next` is at most `to`: what lies behind it up to
   * `to`, like all that lies between messages, are holes. Fetches the next piece while the caller works on this one, and
   * holds two pieces at most. Scans of several partitions may run at once, also beside consumptions.
   *
   * Rejects with `ConsumptionHaltedError` `CHECKPOINT_NOT_IN_LOG` when the log does not hold [from, to), also if that
   * begins while the scan runs, and with `LogUnavailableError` when the log stays away (15 s), holds [from, to) back
   * behind an open transaction, or is closed. An aborted `signal` ends the iteration quietly, after the batch under way.
   */
  scan(options: ScanOptions): AsyncIterable<Batch>;

  /** Starts delivering messages to `options.consumer`; resolves when delivery is under way. */
  consume(options: ConsumeOptions): Promise<Consumption>;

  /**
   * Takes the feed of changes over for one partition of `commands`: whoever held it publishes nothing any more, and what
   * it had under way is either published whole before this resolves, or never. Bounded; rejects with `LogUnavailableError`.
   */
  openFeed(commandsPartition: number): Promise<Feed>;

  /** How far the feed is about one partition of `commands`, without taking it over. */
  feedPlace(commandsPartition: number): Promise<FeedPlace>;

  /** Resolves if the log would take an append now; rejects with `LogUnavailableError` otherwise. Bounded. */
  ping(): Promise<void>;

  /** Finishes appends under way, stops every consumption, releases everything. Idempotent. */
  close(): Promise<void>;
}

/** How far the feed of changes is about one partition of `commands`. Both are offsets of that partition. */
export interface FeedPlace {
  /** What the commands before this offset changed has been published. */
  readonly next: Offset;
  /** Nothing published shows what a command at or past this offset did. */
  readonly asOf: Offset;
}

/** The right to publish to `changes` about one partition of `commands`, held by who opened it last. Calls one at a time. */
export interface Feed {
  /** As of the opening, or of the last `publish` that resolved with `PUBLISHED`. */
  readonly place: FeedPlace;
  /**
   * Appends to `changes` and moves the place, both or neither; resolves once both are durable. `TAKEN_OVER`: another opened
   * the feed since, and nothing was published. Rejects with `LogUnavailableError` where that cannot be told; whoever opens
   * the feed next learns it from the place, and this one is of no use any more.
   */
  publish(messages: readonly EncodedChange[], place: FeedPlace): Promise<'PUBLISHED' | 'TAKEN_OVER'>;
  /** Releases connections; the place stays. */
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly topics: readonly Topic[];
  /**
   * Consumers of one group share the partitions of the topics. Without a group, this consumer alone
   * gets every partition. Positions come from `consumer.assigned` alone; what the group has committed is its to ask for.
   */
  readonly group?: string;
  readonly consumer: PartitionConsumer;
  /** The most messages handed over at once; default 1,000. */
  readonly batchMessagesMax?: number;
  /** How many partitions may be handed over at the same time; default 3. A driver may hand over more, or, while their batches are large, fewer. */
  readonly partitionsConcurrentMax?: number;
  /**
   * By topic, in milliseconds: messages that follow one another closely are handed over together. After a few of them the
   * log is asked for more about so long after it was last asked, for all partitions at the same moment; one that comes after
   * a quiet while is handed over at once. Default: nothing is waited for.
   */
  readonly gatherMs?: Readonly<Partial<Record<Topic, number>>>;
}

/** What to read of one partition, once. */
export interface ScanOptions extends TopicPartition {
  readonly from: Offset;
  /** Exclusive; at most the partition's end. */
  readonly to: Offset;
  /** The most messages handed over at once; default 1,000. */
  readonly batchMessagesMax?: number;
  readonly signal?: AbortSignal;
}

/** Where to start in a partition. */
export interface StartPosition {
  readonly next: Offset;
  /** The last message consumed; the driver re-reads it and halts if its hash differs or it is gone. */
  readonly last?: { readonly offset: Offset; readonly sha256: Buffer } | undefined;
}

/** Messages of one partition in order; `from` is where the fetch began, `next` where the next one begins. */
export interface Batch extends TopicPartition {
  readonly from: Offset;
  readonly next: Offset;
  readonly messages: readonly StoredMessage[];
  /** The end of the partition as of the fetch; `end - next` is the lag after this batch. */
  readonly end: Offset;
}

/**
 * `CONSUMED`: the effects of the batch are durable and the position is now `batch.next`.
 * `STALE`: somebody else moved the checkpoint; nothing was written. The driver asks `assigned` again.
 * `INTERRUPTED`: the delivery's signal aborted before all of the batch was done. The partition is asked about anew by
 * whoever holds it next.
 */
export type BatchOutcome = 'CONSUMED' | 'STALE' | 'INTERRUPTED';

/** What the log itself keeps for a group about one partition. Where there is no group, nothing can be kept. */
export interface GroupPlace {
  /** What was committed last; `undefined` where nothing was, or the log no longer keeps it. */
  committed(): Promise<StartPosition | undefined>;
  /** Resolves once the log keeps it. Rejects with `LogUnavailableError`, also when the partition is another member's by now. */
  commit(position: StartPosition): Promise<void>;
}

/** What comes with a batch, and with a partition. */
export interface Delivery extends GroupPlace {
  /** Aborts when the partition is to be given up (`stop`, or others join): finish what is under way and begin nothing. */
  readonly signal: AbortSignal;
}

/**
 * What a driver calls. Per partition the calls are sequential; different partitions may overlap.
 * A rejection with `DependencyUnavailableError` is retried with backoff, keeping the partition;
 * any other rejection halts the consumption.
 */
export interface PartitionConsumer {
  /** The partition is ours: where to start. Called again after `STALE`. May block on the store, or read the log for it. */
  assigned(partition: TopicPartition, delivery: Delivery): Promise<StartPosition>;
  /** Never called with an empty batch, nor with one that does not begin at the position last agreed. */
  consume(batch: Batch, delivery: Delivery): Promise<BatchOutcome>;
  /** The partition is no longer ours (not called by `stop`). Effects under way may still land; the fence decides. */
  revoked?(partition: TopicPartition): void;
}

export interface Consumption {
  /** Resolves after `stop`; rejects with `ConsumptionHaltedError` when it cannot go on. */
  readonly ended: Promise<void>;
  /** The partitions held now. */
  assignment(): readonly TopicPartition[];
  /** Lets the batch under way finish, leaves the group, resolves. Idempotent. */
  stop(): Promise<void>;
}
