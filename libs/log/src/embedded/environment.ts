import { open, type Database, type RootDatabase } from 'lmdb';
import {
  offset,
  type EncodedChange,
  type Offset,
  type Position,
  type RawMessage,
  type StoredMessage,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import { LogMismatchError, type StartPosition } from '@logbook/core';
import { partitionName } from '../delivery/start-position.js';
import { requireDiskRoom } from '../disk-room.js';
import { BATCH_BYTES_MAX } from '../delivery/split-batch.js';
import { frameMessage, unframeMessage } from './message-frame.js';

const FORMAT = 1;
type MessageKey = [topic: Topic, partition: number, offset: number];
type SettingKey = ['format'] | ['partitions', Topic] | ['end', Topic, number];
type PlaceKey = [group: string, topic: Topic, partition: number];
interface Place {
  readonly next: number;
  readonly last?: { readonly offset: number; readonly sha256: string };
}

/** The place of the feed of changes, and which taking over holds it. */
export interface FeedRecord {
  readonly next: number;
  readonly asOf: number;
  readonly owner: number;
}

/** Where an embedded log keeps its messages. Reading is synchronous and sees every commit since `refresh`. */
export interface Environment {
  /** Writes the partition counts that are missing; rejects if one is there and differs. */
  prepare(counts: ReadonlyMap<Topic, number>): Promise<void>;
  /** Appends all or nothing; resolves once it is durable. */
  append(
    topic: Topic,
    placed: readonly { readonly message: EncodedChange | RawMessage; readonly partition: number }[],
  ): Promise<Position[]>;
  end(place: TopicPartition): Offset;
  /** Makes the next read see what other processes have committed. */
  refresh(): void;
  read(position: Position): StoredMessage | undefined;
  /** Messages from `from` on: at most `messagesMax`, and about `BATCH_BYTES_MAX` bytes or one message. */
  readFrom(place: TopicPartition, from: Offset, messagesMax: number): { messages: StoredMessage[]; end: Offset };
  /** What a group has committed about a partition. */
  place(group: string, partition: TopicPartition): StartPosition | undefined;
  /** Resolves once it is on the disk. */
  commit(group: string, partition: TopicPartition, position: StartPosition): Promise<void>;
  /** Where the feed of changes is about a partition of `commands`, and how often it was taken over. */
  feed(partition: number): FeedRecord;
  /** Makes the caller the owner of the feed, by a number that no other has. */
  takeFeedOver(partition: number): Promise<FeedRecord>;
  /** Appends to `changes` and writes the record, unless another owns the feed by now: then nothing. */
  publish(
    placed: readonly { readonly message: EncodedChange; readonly partition: number }[],
    feed: { readonly partition: number; readonly record: FeedRecord },
  ): Promise<'PUBLISHED' | 'TAKEN_OVER'>;
  /** Throws `LogUnavailableError` where there is no room for so many bytes. */
  requireRoom(bytes: number): void;
  close(): Promise<void>;
}

/**
 * The LMDB environment of one log: messages under [topic, partition, offset], and beside them the format,
 * the partition counts, the end of every partition, the places of groups and of the feed. Messages at or past the end do not exist, so an append
 * that fails half-way leaves nothing behind. Several processes may use it; LMDB admits one writer at a time.
 */
export class LmdbEnvironment implements Environment {
  private readonly root: RootDatabase;
  private readonly messages: Database<Buffer, MessageKey>;
  private readonly settings: Database<number, SettingKey>;
  private readonly places: Database<Place, PlaceKey>;
  private readonly feeds: Database<FeedRecord, number>;

  private readonly dir: string;

  constructor({ dir, mapSizeBytes }: { dir: string; mapSizeBytes?: number | undefined }) {
    this.dir = dir;
    this.root = open({
      path: dir,
      noSubdir: false,
      // With overlapping sync a commit is visible before it is on the disk. Without it a transaction's promise
      // resolves after fdatasync: an acknowledged append survives the loss of power (lmdb, "Overlapping Sync Options").
      overlappingSync: false,
      ...(mapSizeBytes === undefined ? {} : { mapSize: mapSizeBytes }),
    });
    this.messages = this.root.openDB<Buffer, MessageKey>({ name: 'messages', encoding: 'binary' });
    this.settings = this.root.openDB<number, SettingKey>({ name: 'settings', encoding: 'json' });
    this.places = this.root.openDB<Place, PlaceKey>({ name: 'places', encoding: 'json' });
    this.feeds = this.root.openDB<FeedRecord, number>({ name: 'feeds', encoding: 'json' });
  }

  async prepare(counts: ReadonlyMap<Topic, number>): Promise<void> {
    await this.root.transaction(() => {
      const format = this.settings.get(['format']);
      if (format === undefined) this.settings.putSync(['format'], FORMAT);
      else if (format !== FORMAT)
        throw new LogMismatchError(`the embedded log has format ${format}; this release reads ${FORMAT}`);
      for (const [topic, wanted] of counts) {
        const found = this.settings.get(['partitions', topic]);
        if (found === undefined) this.settings.putSync(['partitions', topic], wanted);
        else if (found !== wanted) {
          throw new LogMismatchError(
            `topic ${topic} of the embedded log has ${found} partitions, not ${wanted}; ` +
              'a partition count never changes in place: copy the log into a new one (`logbook log copy`)',
          );
        }
      }
    });
  }

  /** Appends in one transaction, shared with the other appends of the moment; resolves once it is on the disk. */
  append(
    topic: Topic,
    placed: readonly { readonly message: EncodedChange | RawMessage; readonly partition: number }[],
  ): Promise<Position[]> {
    const frames = placed.map(({ message, partition }) => ({ frame: frameMessage(message), partition }));
    return this.root.transaction(() => this.appendFrames(topic, frames));
  }

  /** Inside of a transaction. */
  private appendFrames(
    topic: Topic,
    frames: readonly { readonly frame: Buffer; readonly partition: number }[],
  ): Position[] {
    const ends = new Map<number, number>();
    const positions = frames.map(({ frame, partition }) => {
      const end = ends.get(partition) ?? this.end({ topic, partition });
      this.messages.putSync([topic, partition, end], frame);
      ends.set(partition, end + 1);
      return { topic, partition, offset: offset(end) };
    });
    for (const [partition, end] of ends) this.settings.putSync(['end', topic, partition], end);
    return positions;
  }

  feed(partition: number): FeedRecord {
    return this.feeds.get(partition) ?? { next: 0, asOf: 0, owner: 0 };
  }

  takeFeedOver(partition: number): Promise<FeedRecord> {
    return this.root.transaction(() => {
      const { owner, ...place } = this.feed(partition);
      const taken = { ...place, owner: owner + 1 };
      this.feeds.putSync(partition, taken);
      return taken;
    });
  }

  publish(
    placed: readonly { readonly message: EncodedChange; readonly partition: number }[],
    { partition, record }: { readonly partition: number; readonly record: FeedRecord },
  ): Promise<'PUBLISHED' | 'TAKEN_OVER'> {
    const frames = placed.map(({ message, partition: to }) => ({ frame: frameMessage(message), partition: to }));
    return this.root.transaction(() => {
      if (this.feed(partition).owner !== record.owner) return 'TAKEN_OVER';
      this.appendFrames('changes', frames);
      this.feeds.putSync(partition, record);
      return 'PUBLISHED';
    });
  }

  end({ topic, partition }: TopicPartition): Offset {
    return offset(this.settings.get(['end', topic, partition]) ?? 0);
  }

  refresh(): void {
    this.root.resetReadTxn();
  }

  read({ topic, partition, offset: at }: Position): StoredMessage | undefined {
    if (at < 0 || at >= this.end({ topic, partition })) return undefined;
    const frame = this.messages.get([topic, partition, at]);
    if (frame === undefined) {
      throw new LogMismatchError(
        `the embedded log has lost ${partitionName({ topic, partition })} offset ${at}; restore its directory from a backup`,
      );
    }
    return { topic, partition, offset: at, ...unframeMessage(frame) };
  }

  readFrom(place: TopicPartition, from: Offset, messagesMax: number): { messages: StoredMessage[]; end: Offset } {
    const end = this.end(place);
    const messages: StoredMessage[] = [];
    let bytes = 0;
    for (let at = from; at < end && messages.length < messagesMax && bytes < BATCH_BYTES_MAX; at = offset(at + 1)) {
      const message = this.read({ ...place, offset: at });
      if (message === undefined) break;
      bytes += message.value?.length ?? 0;
      messages.push(message);
    }
    return { messages, end };
  }

  place(group: string, { topic, partition }: TopicPartition): StartPosition | undefined {
    const found = this.places.get([group, topic, partition]);
    if (found === undefined) return undefined;
    const { next, last } = found;
    return {
      next: offset(next),
      ...(last !== undefined && { last: { offset: offset(last.offset), sha256: Buffer.from(last.sha256, 'hex') } }),
    };
  }

  async commit(group: string, { topic, partition }: TopicPartition, { next, last }: StartPosition): Promise<void> {
    await this.places.put([group, topic, partition], {
      next,
      ...(last !== undefined && { last: { offset: last.offset, sha256: last.sha256.toString('hex') } }),
    });
  }

  requireRoom(bytes: number): void {
    requireDiskRoom(this.dir, bytes);
  }

  async close(): Promise<void> {
    await this.root.close();
  }
}
