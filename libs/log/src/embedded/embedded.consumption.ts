import { setTimeout as pause } from 'node:timers/promises';
import { offset, type Offset, type TopicPartition } from '@logbook/contracts';
import { LogUnavailableError, type ConsumeOptions, type Consumption, type GroupPlace } from '@logbook/core';
import { deliverBatch } from '../delivery/deliver-batch.js';
import { gatheringWaitMs } from '../delivery/gathering.js';
import { requireGroup } from '../delivery/require-group.js';
import { Settlement } from '../delivery/settlement.js';
import { agreeStart, consumerFailed, partitionName, type PartitionView } from '../delivery/start-position.js';
import type { DriverLogger } from '../driver-logger.js';
import type { Environment } from './environment.js';
import type { Growth } from './growth.js';
import { readInPieces } from './read-in-pieces.js';

/** What a consumer makes of a batch before it waits for anything is synchronous too: so a batch is no larger than it need be. */
const BATCH_MESSAGES_MAX = 1_000;

export interface EmbeddedConsumptionOptions {
  readonly environment: Environment;
  readonly growth: Growth;
  readonly pollMs: number;
  readonly logger: DriverLogger | undefined;
  readonly partitions: readonly TopicPartition[];
  readonly consume: ConsumeOptions;
  /** Called once, when nothing of this consumption runs any more. */
  readonly released: () => void;
}

/**
 * Follows every partition with a loop of its own. A loop is agreeing (asks where to start and checks it),
 * delivering, or waiting for growth; `STALE` takes it back to agreeing. It leaves by `stop`, or by a halt, which
 * stops the other loops too. Both wait for the batches under way.
 */
export class EmbeddedConsumption implements Consumption {
  private readonly settlement = new Settlement();
  private readonly abort = new AbortController();
  private readonly finished: Promise<void>;
  private halt: Error | undefined;
  private running = true;

  constructor(private readonly options: EmbeddedConsumptionOptions) {
    this.finished = this.run();
  }

  private get batchMessagesMax(): number {
    return Math.min(this.options.consume.batchMessagesMax ?? BATCH_MESSAGES_MAX, BATCH_MESSAGES_MAX);
  }

  get ended(): Promise<void> {
    return this.settlement.ended;
  }

  assignment(): readonly TopicPartition[] {
    return this.running ? this.options.partitions : [];
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    await Promise.all(
      this.options.partitions.map((partition) =>
        this.follow(partition).catch((error: unknown) => {
          this.halt ??= consumerFailed(partitionName(partition), error);
          this.abort.abort();
        }),
      ),
    );
    this.running = false;
    this.options.released();
    if (this.halt === undefined) this.settlement.stopped();
    else this.settlement.halted(this.halt);
  }

  private async follow(partition: TopicPartition): Promise<void> {
    const { environment, growth, pollMs } = this.options;
    const signal = this.abort.signal;
    const gatherMs = this.options.consume.gatherMs?.[partition.topic] ?? 0;
    let next = await this.agree(partition);
    while (next !== 'STOPPED' && !signal.aborted) {
      const beganMs = performance.now();
      const delivery: Offset | 'WAIT' | 'STALE' = await this.deliver(partition, next);
      if (delivery === 'STALE') next = await this.agree(partition);
      else if (delivery !== 'WAIT') {
        // It took all there was: who keeps up may gather more the next time.
        const isLittle = delivery - next < this.batchMessagesMax;
        next = delivery;
        const waitMs = gatheringWaitMs(gatherMs, beganMs, performance.now());
        if (isLittle && waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
      } else {
        await growth.wait(pollMs, signal);
        environment.refresh();
      }
    }
  }

  private agree(partition: TopicPartition): Promise<Offset | 'STOPPED'> {
    const { environment, consume, logger } = this.options;
    return agreeStart({
      partition,
      consumer: consume.consumer,
      place: this.place(partition),
      view: viewOf(environment, partition),
      signal: this.abort.signal,
      logger,
    });
  }

  private async deliver(partition: TopicPartition, from: Offset): Promise<Offset | 'WAIT' | 'STALE'> {
    const { environment, consume, logger } = this.options;
    const { batchMessagesMax } = this;
    const { messages, end } = await readInPieces(environment, partition, { from, messagesMax: batchMessagesMax });
    if (messages.length === 0) return 'WAIT';
    let position = from;
    const delivery = await deliverBatch({
      fetched: { ...partition, from, next: offset(from + messages.length), messages, end },
      consumer: consume.consumer,
      place: this.place(partition),
      batchMessagesMax,
      signal: this.abort.signal,
      logger,
      moved: (next) => (position = next),
    });
    return delivery === 'STALE' ? 'STALE' : position;
  }

  private place(partition: TopicPartition): GroupPlace {
    const { environment, consume } = this.options;
    return {
      committed: async () => {
        environment.refresh();
        return environment.place(requireGroup(consume.group), partition);
      },
      commit: async (position) =>
        environment.commit(requireGroup(consume.group), partition, position).catch((error: unknown) => {
          throw new LogUnavailableError(`the embedded log did not take the place of ${partitionName(partition)}`, {
            cause: error,
          });
        }),
    };
  }
}

/** The embedded log never deletes: it starts at 0. */
function viewOf(environment: Environment, partition: TopicPartition): PartitionView {
  return {
    bounds: async () => {
      environment.refresh();
      return { start: offset(0), end: environment.end(partition) };
    },
    read: async (at) => environment.read({ ...partition, offset: at }),
  };
}
