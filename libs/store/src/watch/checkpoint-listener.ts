import type { Client } from 'pg';
import type { Store } from '../open-store.js';
import { checkpointMoved, CHECKPOINT_CHANNEL, type CheckpointMoved } from '../writer/checkpoint-moved.js';

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;

/**
 * Follows notifications of moved checkpoints on a connection of its own. While that is down it reconnects,
 * ever more slowly, and `listening` says that nothing will be heard; what was missed is never made up for.
 */
export class CheckpointListener {
  private client: Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private retryMs = RECONNECT_MIN_MS;
  private state: 'IDLE' | 'CONNECTING' | 'LISTENING' | 'CLOSED' = 'IDLE';

  constructor(
    private readonly store: Store,
    private readonly onMoved: (moved: CheckpointMoved) => void,
    private readonly onLost: (error: Error) => void,
  ) {}

  get listening(): boolean {
    return this.state === 'LISTENING';
  }

  /** Begins to listen if it does not already; returns at once. */
  start(): void {
    if (this.state !== 'IDLE' || this.retry !== undefined) return;
    this.state = 'CONNECTING';
    const client = this.store.dedicatedClient();
    this.client = client;
    client.on('notification', ({ payload }) => {
      const moved = checkpointMoved(payload);
      if (moved !== undefined) this.onMoved(moved);
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection that listens for checkpoints ended')));
    client
      .connect()
      .then(() => client.query(`LISTEN ${CHECKPOINT_CHANNEL}`))
      .then(
        () => {
          if (this.client !== client || this.state === 'CLOSED') return;
          this.state = 'LISTENING';
          this.retryMs = RECONNECT_MIN_MS;
        },
        (error: unknown) => this.lost(client, error instanceof Error ? error : new Error(String(error))),
      );
  }

  async close(): Promise<void> {
    this.state = 'CLOSED';
    clearTimeout(this.retry);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private lost(client: Client, error: Error): void {
    if (this.client !== client || this.state === 'CLOSED') return;
    this.client = undefined;
    this.state = 'IDLE';
    this.onLost(error);
    client.end().catch(() => undefined);
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.start();
    }, this.retryMs);
    this.retry.unref();
    this.retryMs = Math.min(this.retryMs * 2, RECONNECT_MAX_MS);
  }
}
