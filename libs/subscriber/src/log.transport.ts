import type { Topic, TopicPartition } from '@logbook/contracts';
import type { Batch, BatchOutcome, Consumption, Log, StartPosition } from '@logbook/core';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { batchPattern } from './batch-handler.decorator.js';

/** Where a subscriber keeps its positions. They move with its effects, so only its handlers can move them. */
export interface CheckpointSource {
  /** Where to begin in a partition that was just assigned. */
  startPosition(partition: TopicPartition): Promise<StartPosition>;
}

export interface LogTransportOptions {
  readonly log: Log;
  /** Subscribers of one group share the partitions. */
  readonly group: string;
  readonly topics: readonly Topic[];
  readonly checkpoints: CheckpointSource;
  readonly batchMessagesMax?: number;
}

/**
 * Nest's transport on the log port: batches in, outcomes out. Each topic has a consumer of its own, because one
 * fetcher would let a heavy topic stall the others. Starting fails unless exactly one handler takes each topic.
 *
 * Modes: constructed -> listening (`listen`) -> closed (`close`) or halted (`ended` rejects; the process should exit,
 * since nothing is consumed any more).
 */
export class LogTransport extends Server implements CustomTransportStrategy {
  /** Handler errors reach the log driver, which reports them; Nest need not log them again. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly consumptions: Consumption[] = [];
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
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.consumptions.map((consumption) => consumption.stop()));
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

  private async start(): Promise<void> {
    const handlers = this.handlersByTopic();
    for (const [topic, handler] of handlers) {
      const consumption = await this.options.log.consume({
        topics: [topic],
        group: `${this.options.group}-${topic}`,
        consumer: {
          assigned: (partition) => this.options.checkpoints.startPosition(partition),
          consume: (batch) => this.handle(handler, batch),
        },
        ...(this.options.batchMessagesMax !== undefined && { batchMessagesMax: this.options.batchMessagesMax }),
      });
      this.consumptions.push(consumption);
      consumption.ended.catch((error: unknown) => this.halt(error));
    }
  }

  /** One topic halted: the others stop too, so that what is visible does not drift apart unnoticed. */
  private halt(error: unknown): void {
    this.settleEnded.reject(error);
    for (const consumption of this.consumptions) consumption.stop().catch(() => undefined);
  }

  private async handle(handler: MessageHandler, batch: Batch): Promise<BatchOutcome> {
    const answer: unknown = await handler(batch);
    return (await lastValueFrom(this.transformToObservable(answer))) as BatchOutcome;
  }

  private handlersByTopic(): Map<Topic, MessageHandler> {
    const byPattern = new Map(this.options.topics.map((topic) => [batchPattern(topic), topic]));
    const problems: string[] = [];
    const handlers = new Map<Topic, MessageHandler>();
    for (const [pattern, handler] of this.messageHandlers) {
      const topic = byPattern.get(pattern);
      if (topic === undefined) problems.push(`a handler for ${pattern}, which is not consumed here`);
      else if (handler.next !== undefined) problems.push(`more than one handler for ${pattern}`);
      else handlers.set(topic, handler);
    }
    for (const [pattern, topic] of byPattern) {
      if (!handlers.has(topic) && !this.messageHandlers.has(pattern)) problems.push(`no handler for ${pattern}`);
    }
    if (problems.length > 0) throw new Error(`the handlers do not match the topics consumed: ${problems.join('; ')}`);
    return handlers;
  }
}
