import type { Offset, TopicPartition } from '@logbook/contracts';
import type { Batch, Consumption, Delivery, Log, PartitionConsumer } from '@logbook/core';

interface Delivered {
  readonly consumer: PartitionConsumer;
  readonly batch: Batch;
  readonly delivery: Delivery;
}

/** A log as it is, and beside it what was delivered and how far each partition is consumed. */
export class RecordingLog {
  private readonly delivered: Delivered[] = [];
  private readonly positions = new Map<string, Offset>();
  private readonly waiting = new Set<() => void>();

  /** The log to hand to a transport. */
  readonly log: Log;

  constructor(log: Log) {
    this.log = new Proxy(log, {
      get: (target, name) => {
        if (name === 'consume') return (options: Parameters<Log['consume']>[0]) => this.consume(target, options);
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }

  position({ topic, partition }: TopicPartition): Offset | undefined {
    return this.positions.get(`${topic}[${partition}]`);
  }

  /** Resolves when a position moves. */
  moved(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  /** Nothing is agreed any more: whoever consumes next asks where to start. */
  forgetPositions(): void {
    this.positions.clear();
  }

  /** Hands over once more what was, as a log does after a crash before the commit. */
  async redeliver(): Promise<void> {
    for (const { consumer, batch, delivery } of [...this.delivered]) {
      await consumer.consume(batch, { ...delivery, signal: new AbortController().signal });
    }
  }

  private consume(log: Log, options: Parameters<Log['consume']>[0]): Promise<Consumption> {
    const { consumer } = options;
    const recorded: PartitionConsumer = {
      assigned: async (partition, delivery) => {
        const start = await consumer.assigned(partition, delivery);
        this.move(partition, start.next);
        return start;
      },
      consume: async (batch, delivery) => {
        const outcome = await consumer.consume(batch, delivery);
        if (outcome === 'CONSUMED') {
          this.delivered.push({ consumer, batch, delivery });
          this.move(batch, batch.next);
        }
        return outcome;
      },
      revoked: (partition) => consumer.revoked?.(partition),
    };
    return log.consume({ ...options, consumer: recorded });
  }

  private move({ topic, partition }: TopicPartition, next: Offset): void {
    this.positions.set(`${topic}[${partition}]`, next);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
