import type { Topic, TopicPartition } from '@logbook/contracts';
import type { Batch } from '@logbook/core';

/**
 * `STARTING` until every topic is being read; `PAUSED` by request. Nothing leaves `HALTED` and `CLOSED`: a service that
 * is halted is to be restarted, so its liveness is red.
 */
export type SubscriberState = 'STARTING' | 'CONSUMING' | 'PAUSED' | 'HALTED' | 'CLOSED';

export interface SubscriberHealth {
  readonly state: SubscriberState;
  /** Of `HALTED`: what happened, and what to do about it. */
  readonly reason?: string;
  /** The partitions held, each with the messages between its checkpoint and its end as of its last batch here, `null` before it. */
  readonly partitions: readonly (TopicPartition & { readonly lagMessages: number | null })[];
}

/** What a transport knows of itself. */
export class Standing {
  private state: Exclude<SubscriberState, 'PAUSED'> = 'STARTING';
  private reason: string | undefined;
  private readonly lags = new Map<string, number>();

  listening(): void {
    if (this.state === 'STARTING') this.state = 'CONSUMING';
  }

  closed(): void {
    if (this.state !== 'HALTED') this.state = 'CLOSED';
  }

  halted(topic: Topic, error: unknown): void {
    if (this.state === 'HALTED') return;
    this.state = 'HALTED';
    this.reason = `${topic}: ${error instanceof Error ? error.message : String(error)}`;
  }

  consumed({ topic, partition, end, next }: Batch): void {
    this.lags.set(`${topic}[${partition}]`, Math.max(0, end - next));
  }

  health({
    assignment,
    isPaused,
  }: {
    readonly assignment: readonly TopicPartition[];
    readonly isPaused: boolean;
  }): SubscriberHealth {
    return {
      state: this.state === 'CONSUMING' && isPaused ? 'PAUSED' : this.state,
      ...(this.reason !== undefined && { reason: this.reason }),
      partitions: assignment.map(({ topic, partition }) => ({
        topic,
        partition,
        lagMessages: this.lags.get(`${topic}[${partition}]`) ?? null,
      })),
    };
  }
}
