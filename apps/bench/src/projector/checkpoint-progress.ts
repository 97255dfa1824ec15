import pg from 'pg';
import type { FoldedTopic } from '@logbook/contracts';
import { checkpointMoved, CHECKPOINT_CHANNEL } from '@logbook/store';

/** A batch that was committed, as the projector tells it to whoever listens. */
export interface CommittedBatch {
  readonly events: number;
  readonly atMs: number;
}

/**
 * Follows how far the projection of a fresh database is, by the notifications a projector sends anyway: a look at its
 * tables would cost what is measured. It must listen before the projector begins.
 */
export class CheckpointProgress {
  /** Of the topic, in the order of their commits. */
  readonly batches: CommittedBatch[] = [];
  /** Messages whose rows are committed. */
  committed = 0;
  private readonly next = new Map<number, number>();
  private waiting: { readonly events: number; readonly arrived: () => void }[] = [];

  private constructor(
    private readonly client: pg.Client,
    private readonly topic: FoldedTopic,
  ) {
    client.on('notification', ({ payload }) => this.take(payload));
  }

  static async open(databaseUrl: string, topic: FoldedTopic = 'events'): Promise<CheckpointProgress> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const progress = new CheckpointProgress(client, topic);
    await client.query(`LISTEN ${CHECKPOINT_CHANNEL}`);
    return progress;
  }

  /** Resolves with the commit that brought the number of committed events there; rejects after `timeoutMs`. */
  reached(events: number, { timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.committed} of ${events} events were projected within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const arrived = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.waiting.push({ events, arrived });
      this.wake();
    });
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private take(payload: string | undefined): void {
    const moved = checkpointMoved(payload);
    if (moved?.topic !== this.topic) return;
    const events = moved.next - (this.next.get(moved.partition) ?? 0);
    this.next.set(moved.partition, moved.next);
    this.committed += events;
    this.batches.push({ events, atMs: performance.now() });
    this.wake();
  }

  private wake(): void {
    const { waiting, committed } = this;
    this.waiting = waiting.filter(({ events }) => events > committed);
    for (const { events, arrived } of waiting) if (events <= committed) arrived();
  }
}
