import type { Topic, TopicPartition } from '@logbook/contracts';
import type { Batch, ConsumeOptions, Consumption, Log, PartitionConsumer } from '@logbook/core';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { Gate } from './gate.js';
import { groupOf, type Receiver } from './receivers/receiver.js';
import { ProgressWatch, type ProgressWatchOptions } from './progress-watch.js';
import { Standing, type SubscriberHealth } from './standing.js';

export interface LogTransportOptions {
  readonly log: Log;
  /** Subscribers of one group share the partitions; each topic has a group of its own, `<group>-<topic>`. */
  readonly group: string;
  /** Makes calls of handlers out of batches: `typedMessages`, or `topicBatches`. */
  readonly receive: Receiver;
  /** The most messages taken from the log at once; default 1,000. */
  readonly batchMessagesMax?: number;
  /** Of each topic, how many partitions are handled at the same time on Kafka, while their batches are small; default 3. */
  readonly partitionsConcurrentMax?: number;
  /** By topic, how long messages that follow one another closely are gathered, in milliseconds; default: not at all. */
  readonly gatherMs?: ConsumeOptions['gatherMs'];
  /** Told every few seconds how much waits in each partition held, also while nothing can be consumed. */
  readonly onLag?: ProgressWatchOptions['onLag'];
  /** When a partition that makes no progress halts the subscriber. */
  readonly watch?: Pick<ProgressWatchOptions, 'intervalMs' | 'idleLooksMax'>;
}

/**
 * Nest's transport on the log port. Each topic has a consumer of its own, because one fetcher would let a heavy topic stall
 * the others.
 *
 * Modes: constructed -> listening (`listen`; paused and back by `pause` and `resume`) -> closed (`close`) or halted (`ended`
 * rejects; the process should exit, since nothing is consumed any more).
 */
export class LogTransport extends Server implements CustomTransportStrategy {
  /** Handler errors reach the log driver, which reports them; Nest need not log them again. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly consumptions: Consumption[] = [];
  private readonly gate = new Gate();
  private readonly standing = new Standing();
  private readonly watch: ProgressWatch;
  private settleEnded!: { resolve: () => void; reject: (error: unknown) => void };

  /** Resolves after `close`; rejects with the error that halted a topic. */
  readonly ended: Promise<void>;

  constructor(private readonly options: LogTransportOptions) {
    super();
    this.ended = new Promise<void>((resolve, reject) => {
      this.settleEnded = { resolve, reject };
    });
    // Whoever asks for `ended` sees the rejection; without this it would also count as unhandled.
    this.ended.catch(() => undefined);
    this.watch = new ProgressWatch({
      log: options.log,
      assignment: () => this.assignment(),
      ...options.watch,
      paused: () => this.gate.isClosed,
      onLag: options.onLag,
      onStalled: (error, { topic }) => this.halt(topic, error),
    });
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  /** Lets the handlers under way finish, keeps what they did, leaves the groups. */
  async close(): Promise<void> {
    this.watch.stop();
    await Promise.all(this.consumptions.map((consumption) => consumption.stop()));
    this.standing.closed();
    this.settleEnded.resolve();
  }

  on(): never {
    throw new Error('LogTransport has no events to listen to; await `ended` instead');
  }

  // Nest's signature: the caller names the type it expects.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  unwrap<T>(): T {
    return this.options.log as T;
  }

  /** The partitions held now. */
  assignment(): readonly TopicPartition[] {
    return this.consumptions.flatMap((consumption) => consumption.assignment());
  }

  /** Calls no handler for another batch until `resume`, keeping the partitions; resolves when none is under way. */
  pause(): Promise<void> {
    return this.gate.close();
  }

  resume(): void {
    this.gate.reopen();
  }

  /** Whether messages are being handled, and how far behind each partition held is. */
  health(): SubscriberHealth {
    return this.standing.health({ assignment: this.assignment(), isPaused: this.gate.isClosed });
  }

  private async start(): Promise<void> {
    const { log, group, receive, batchMessagesMax, partitionsConcurrentMax, gatherMs } = this.options;
    const consumers = receive.consumers(this.messageHandlers, { log, group });
    for (const [topic, consumer] of consumers) {
      const consumption = await log.consume({
        topics: [topic],
        group: groupOf(group, topic),
        consumer: this.gated(consumer),
        ...(batchMessagesMax !== undefined && { batchMessagesMax }),
        ...(partitionsConcurrentMax !== undefined && { partitionsConcurrentMax }),
        ...(gatherMs !== undefined && { gatherMs }),
      });
      this.consumptions.push(consumption);
      consumption.ended.catch((error: unknown) => this.halt(topic, error));
    }
    this.watch.start();
    this.standing.listening();
  }

  /** One topic halted: the others stop too, so that what is visible does not drift apart unnoticed. */
  private halt(topic: Topic, error: unknown): void {
    this.watch.stop();
    this.standing.halted(topic, error);
    this.settleEnded.reject(error);
    for (const consumption of this.consumptions) consumption.stop().catch(() => undefined);
  }

  private gated(consumer: PartitionConsumer): PartitionConsumer {
    return {
      assigned: async (partition, delivery) => {
        this.watch.attempted(partition);
        const start = await consumer.assigned(partition, delivery);
        this.watch.reached(partition, start.next);
        return start;
      },
      consume: async (batch: Batch, delivery) => {
        this.watch.attempted(batch);
        const outcome = await this.gate.through(delivery.signal, () => consumer.consume(batch, delivery));
        if (outcome === 'CONSUMED') {
          this.watch.reached(batch, batch.next);
          this.standing.consumed(batch);
        }
        return outcome;
      },
      revoked: (partition) => consumer.revoked?.(partition),
    };
  }
}
