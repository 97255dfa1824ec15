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
import { BATCH_BYTES_MAX } from '../delivery/split-batch.js';
import { partitionName } from '../delivery/start-position.js';
import type { Environment, FeedRecord } from '../embedded/environment.js';
import { frameMessage, unframeMessage } from '../embedded/message-frame.js';

/** An environment that ends with its process. Several logs may share one, as processes share a directory. */
export class MemoryEnvironment implements Environment {
  private readonly counts = new Map<Topic, number>();
  private readonly places = new Map<string, StartPosition>();
  private readonly feeds = new Map<number, FeedRecord>();
  private readonly partitions = new Map<string, StoredMessage[]>();

  async prepare(counts: ReadonlyMap<Topic, number>): Promise<void> {
    for (const [topic, wanted] of counts) {
      const found = this.counts.get(topic) ?? wanted;
      if (found !== wanted) throw new LogMismatchError(`topic ${topic} has ${found} partitions, not ${wanted}`);
      this.counts.set(topic, wanted);
    }
  }

  async append(
    topic: Topic,
    placed: readonly { readonly message: EncodedChange | RawMessage; readonly partition: number }[],
  ): Promise<Position[]> {
    // What lies in the log has been through the format of one: a copy, in its form of delivery.
    const raws = placed.map(({ message, partition }) => ({ raw: unframeMessage(frameMessage(message)), partition }));
    return raws.map(({ raw, partition }) => {
      const position = { topic, partition, offset: this.end({ topic, partition }) };
      this.messagesOf(position).push({ ...position, ...raw });
      return position;
    });
  }

  end(place: TopicPartition): Offset {
    return offset(this.messagesOf(place).length);
  }

  refresh(): void {
    // Every read sees everything.
  }

  read(position: Position): StoredMessage | undefined {
    return this.messagesOf(position)[position.offset];
  }

  readFrom(place: TopicPartition, from: Offset, messagesMax: number): { messages: StoredMessage[]; end: Offset } {
    const messages: StoredMessage[] = [];
    let bytes = 0;
    for (const message of this.messagesOf(place).slice(from)) {
      if (messages.length >= messagesMax || bytes >= BATCH_BYTES_MAX) break;
      bytes += message.value?.length ?? 0;
      messages.push(message);
    }
    return { messages, end: this.end(place) };
  }

  place(group: string, partition: TopicPartition): StartPosition | undefined {
    return this.places.get(`${group} ${partitionName(partition)}`);
  }

  async commit(group: string, partition: TopicPartition, position: StartPosition): Promise<void> {
    this.places.set(`${group} ${partitionName(partition)}`, position);
  }

  feed(partition: number): FeedRecord {
    return this.feeds.get(partition) ?? { next: 0, asOf: 0, owner: 0 };
  }

  async takeFeedOver(partition: number): Promise<FeedRecord> {
    const { owner, ...place } = this.feed(partition);
    const taken = { ...place, owner: owner + 1 };
    this.feeds.set(partition, taken);
    return taken;
  }

  async publish(
    placed: readonly { readonly message: EncodedChange; readonly partition: number }[],
    { partition, record }: { readonly partition: number; readonly record: FeedRecord },
  ): Promise<'PUBLISHED' | 'TAKEN_OVER'> {
    if (this.feed(partition).owner !== record.owner) return 'TAKEN_OVER';
    // Begun before anything else can run, like an append.
    const appended = this.append('changes', placed);
    this.feeds.set(partition, record);
    await appended;
    return 'PUBLISHED';
  }

  requireRoom(): void {
    // There is always room.
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  private messagesOf(place: TopicPartition): StoredMessage[] {
    const name = partitionName(place);
    let messages = this.partitions.get(name);
    if (messages === undefined) this.partitions.set(name, (messages = []));
    return messages;
  }
}
