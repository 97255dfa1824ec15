import type { TopicPartition } from '@logbook/contracts';
import { partitionName } from '../delivery/start-position.js';

/** One partition from the moment it is assigned until it is lost or assigned anew. */
export class HeldPartition implements TopicPartition {
  private readonly abort = new AbortController();
  private following: Promise<void>;

  constructor(
    readonly topic: TopicPartition['topic'],
    readonly partition: number,
    /** What an earlier hold of the same partition still does; calls of one partition never overlap. */
    private readonly previous: Promise<void>,
  ) {
    this.following = previous;
  }

  /** Aborts when the partition is to be followed no further; what is under way finishes. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Resolves when neither this hold nor an earlier one calls the consumer any more. */
  get busy(): Promise<void> {
    return this.following;
  }

  /** Once, as soon as the earlier hold is through. `work` does not reject. */
  follow(work: () => Promise<void>): void {
    this.following = this.previous.then(work);
  }

  release(): void {
    this.abort.abort();
  }
}

/** The partitions a consumption holds now. */
export class HeldPartitions {
  private readonly byName = new Map<string, HeldPartition>();

  all(): HeldPartition[] {
    return [...this.byName.values()];
  }

  /** Resolves when nothing of what was held calls the consumer any more. */
  async released(): Promise<void> {
    for (const held of this.all()) held.release();
    await Promise.all(this.all().map(({ busy }) => busy));
  }

  /** Takes a new assignment. Partitions that were held before are gained anew: somebody else may have had them meanwhile. */
  replace(assigned: readonly TopicPartition[]): { lost: TopicPartition[]; gained: HeldPartition[] } {
    const before = new Map(this.byName);
    this.byName.clear();
    for (const held of before.values()) held.release();
    const gained = assigned.map(({ topic, partition }) => {
      const earlier = before.get(partitionName({ topic, partition }));
      const held = new HeldPartition(topic, partition, earlier?.busy ?? Promise.resolve());
      this.byName.set(partitionName(held), held);
      return held;
    });
    const lost = [...before.values()].filter((held) => !this.byName.has(partitionName(held)));
    return { lost: lost.map(({ topic, partition }) => ({ topic, partition })), gained };
  }
}
