import {
  messageSha256,
  offset,
  type Offset,
  type RawMessage,
  type StoredMessage,
  type TopicPartition,
} from '@logbook/contracts';
import { LogMismatchError, type Log } from '@logbook/core';
import { partitionName } from '../delivery/start-position.js';

interface Lane {
  next: Offset;
  readonly end: Offset;
  readonly messages: AsyncGenerator<StoredMessage>;
}

/**
 * What an interrupted step has left in the target, past what its record tells: of each partition the first messages
 * of the step, because a partition is appended to in order. Each is taken once, by the message of the source it came from.
 */
export class LandedMessages {
  private readonly lanes = new Map<number, Lane>();

  constructor(
    private readonly log: Log,
    /** The partition of the source that they come from. */
    readonly source: TopicPartition,
    bounds: readonly { readonly partition: number; readonly from: Offset; readonly to: Offset }[],
  ) {
    for (const { partition, from, to } of bounds) {
      if (from < to) this.lanes.set(partition, { next: from, end: to, messages: this.scan(partition, from, to) });
    }
  }

  /** How many were not taken. */
  get left(): number {
    return [...this.lanes.values()].reduce((sum, { next, end }) => sum + end - next, 0);
  }

  /** Whether the target holds this message of the source already; the next one of its partition it must be. */
  async take(message: RawMessage): Promise<boolean> {
    const { topic } = this.source;
    const partition = this.log.partitionOf(topic, message.key);
    const lane = this.lanes.get(partition);
    if (lane === undefined) return false;
    const landed = await lane.messages.next();
    if (landed.done === true || !messageSha256(landed.value).equals(messageSha256(message))) {
      throw new LogMismatchError(
        `the target holds at ${partitionName({ topic, partition })} offset ${lane.next} what is not the next ` +
          'message of its source: something else was appended. Copy into a new place (another prefix or directory).',
      );
    }
    lane.next = offset(lane.next + 1);
    if (lane.next === lane.end) {
      this.lanes.delete(partition);
      await lane.messages.return(undefined);
    }
    return true;
  }

  private async *scan(partition: number, from: Offset, to: Offset): AsyncGenerator<StoredMessage> {
    for await (const batch of this.log.scan({ topic: this.source.topic, partition, from, to })) yield* batch.messages;
  }
}
