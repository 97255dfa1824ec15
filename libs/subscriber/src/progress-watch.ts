import { offset, type Offset, type TopicPartition } from '@logbook/contracts';
import { ConsumptionHaltedError, type Log } from '@logbook/core';

export interface PartitionLag extends TopicPartition {
  /** What the log holds behind the position of the subscriber; holes count. */
  readonly messages: number;
}

export interface ProgressWatchOptions {
  readonly log: Pick<Log, 'ends' | 'scan'>;
  /** The partitions held now. */
  readonly assignment: () => readonly TopicPartition[];
  /** Between two looks; default 5 s. */
  readonly intervalMs?: number;
  /** How many looks in a row may find messages waiting and nothing done about them; default 60, which is 5 minutes. */
  readonly idleLooksMax?: number;
  /** Told at every look of each partition whose position is known. */
  readonly onLag?: ((lag: PartitionLag) => void) | undefined;
  /** Called once, when a partition makes no progress. */
  readonly onStalled: (error: ConsumptionHaltedError, where: TopicPartition) => void;
  /** While it is, nothing has to be done about what waits. */
  readonly paused?: () => boolean;
}

interface Watched {
  next: Offset | undefined;
  idleLooks: number;
}

const INTERVAL_MS_DEFAULT = 5_000;
/** Longer than any one attempt at a batch takes, its time-outs included. */
const IDLE_LOOKS_MAX_DEFAULT = 60;

/**
 * Looks whether a subscriber does something about what waits for it. A client that has silently lost its membership, or a
 * handler that never comes back, looks like one that has nothing to do; only the log can tell.
 *
 * An attempt counts as progress whatever becomes of it: a store that is away is waited for. Looks are counted, not time,
 * so that a process that was frozen is not taken for a stalled one. A log that does not answer says nothing.
 */
export class ProgressWatch {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: ProgressWatchOptions) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.look()
        .catch(() => this.forgive())
        .finally(() => {
          if (!this.stopped) this.start();
        });
    }, this.options.intervalMs ?? INTERVAL_MS_DEFAULT);
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Something was attempted in a partition. */
  attempted(partition: TopicPartition): void {
    this.of(partition).idleLooks = 0;
  }

  /** The subscriber's position is known, or has moved. */
  reached(partition: TopicPartition, next: Offset): void {
    const watched = this.of(partition);
    watched.next = next;
    watched.idleLooks = 0;
  }

  private async look(): Promise<void> {
    const held = this.options.assignment();
    const names = new Set(held.map(nameOf));
    for (const name of this.watched.keys()) if (!names.has(name)) this.watched.delete(name);
    for (const topic of new Set(held.map((partition) => partition.topic))) {
      const ends = await this.options.log.ends(topic);
      for (const partition of held.filter((each) => each.topic === topic)) {
        await this.lookAt(partition, ends[partition.partition] ?? offset(0));
      }
    }
  }

  private async lookAt(partition: TopicPartition, end: Offset): Promise<void> {
    const watched = this.of(partition);
    const from = watched.next ?? offset(0);
    const messages = Math.max(0, end - from);
    if (watched.next !== undefined)
      this.options.onLag?.({ topic: partition.topic, partition: partition.partition, messages });
    watched.idleLooks = messages === 0 || this.options.paused?.() === true ? 0 : watched.idleLooks + 1;
    if (watched.idleLooks <= (this.options.idleLooksMax ?? IDLE_LOOKS_MAX_DEFAULT)) return;
    watched.idleLooks = 0;
    if (!(await this.holdsMessage(partition, from, end)) || this.stopped) return;
    this.stop();
    this.options.onStalled(
      new ConsumptionHaltedError(
        'STALLED',
        `nothing was done about ${nameOf(partition)} for a long time, though the log goes on there to ${end} and only what ` +
          `lies before ${from} is consumed: the client has lost its place in the group, or a handler never came back. ` +
          'Nothing was skipped; restarting is safe.',
      ),
      partition,
    );
  }

  /** Markers of foreign transactions move the end and are no messages. */
  private async holdsMessage({ topic, partition }: TopicPartition, from: Offset, to: Offset): Promise<boolean> {
    for await (const { messages } of this.options.log.scan({ topic, partition, from, to }))
      if (messages.length > 0) return true;
    return false;
  }

  private forgive(): void {
    for (const watched of this.watched.values()) watched.idleLooks = 0;
  }

  private of(partition: TopicPartition): Watched {
    const name = nameOf(partition);
    const found = this.watched.get(name) ?? { next: undefined, idleLooks: 0 };
    this.watched.set(name, found);
    return found;
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}[${partition}]`;
