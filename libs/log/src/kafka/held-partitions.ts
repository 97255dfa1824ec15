import type { Offset, TopicPartition } from '@logbook/contracts';
import { partitionName } from '../delivery/start-position.js';

/** One partition from the moment it is asked where to start until it is lost or asked anew. */
export class HeldPartition implements TopicPartition {
  /** Where the next batch must begin; `undefined` until it is agreed. */
  position: Offset | undefined;
  private readonly abort = new AbortController();
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    readonly topic: TopicPartition['topic'],
    readonly partition: number,
    /** What an earlier hold of the same partition still does; calls of one partition never overlap. */
    readonly previous: Promise<void>,
  ) {}

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Resolves when neither this hold nor an earlier one calls the consumer any more. */
  get busy(): Promise<void> {
    return Promise.all([this.previous, this.underWay]).then(() => undefined);
  }

  /** Agreeing or a batch is under way until the returned function is called. One follows the other. */
  begin(): () => void {
    let finished = (): void => undefined;
    this.underWay = new Promise((resolve) => (finished = resolve));
    return finished;
  }

  /** Ends its retries; a call under way finishes. */
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

  get(partition: TopicPartition): HeldPartition | undefined {
    return this.byName.get(partitionName(partition));
  }

  /** Takes a new assignment. Partitions that were held before are gained anew: somebody else may have had them meanwhile. */
  replace(assigned: readonly TopicPartition[]): { lost: TopicPartition[]; gained: HeldPartition[] } {
    const before = new Map(this.byName);
    this.byName.clear();
    const gained = assigned.map((partition) => this.hold(partition, before.get(partitionName(partition))));
    const lost = [...before.values()].filter((held) => !this.byName.has(partitionName(held)));
    for (const held of lost) held.release();
    return { lost: lost.map(({ topic, partition }) => ({ topic, partition })), gained };
  }

  /** Gives up what was agreed about one partition. */
  renew(held: HeldPartition): HeldPartition {
    return this.hold(held, held);
  }

  private hold({ topic, partition }: TopicPartition, before: HeldPartition | undefined): HeldPartition {
    before?.release();
    const held = new HeldPartition(topic, partition, before?.busy ?? Promise.resolve());
    this.byName.set(partitionName(held), held);
    return held;
  }
}
