import { setTimeout as pause } from 'node:timers/promises';
import { EVENTS_TABLE, type Projected } from './projected.js';

/** Added to a latency at most, beside the look itself. */
const LOOK_EVERY_MS = 5;
/** What is not visible by then counts as much. */
const VISIBLE_TIMEOUT_MS = 30_000;

/** Looks when the rows of some events become visible, one statement for all that are awaited. */
export class Visibility {
  /** From the time at which the request was due until a statement saw its row. */
  readonly latenciesMs: number[] = [];
  private readonly awaited = new Map<string, number>();
  private looking: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(private readonly projected: Projected) {}

  expect(eventId: string, dueMs: number): void {
    this.awaited.set(eventId, dueMs);
    this.looking ??= this.look()
      .catch((error: unknown) => void (this.failure ??= error as Error))
      .finally(() => (this.looking = undefined));
  }

  /** Resolves when everything expected was seen, or given up. */
  async settled(): Promise<void> {
    await this.looking;
    if (this.failure !== undefined) throw this.failure;
  }

  private async look(): Promise<void> {
    while (this.awaited.size > 0) {
      const text = `SELECT event_id FROM ${EVENTS_TABLE} WHERE tenant = 'default' AND event_id = ANY ($1::uuid[])`;
      const rows = await this.projected.query<{ event_id: string }>(text, [[...this.awaited.keys()]]);
      const now = performance.now();
      for (const { event_id } of rows) this.seen(event_id, now);
      for (const [id, dueMs] of this.awaited) if (now - dueMs > VISIBLE_TIMEOUT_MS) this.seen(id, now);
      if (this.awaited.size > 0) await pause(LOOK_EVERY_MS);
    }
  }

  private seen(eventId: string, now: number): void {
    const dueMs = this.awaited.get(eventId);
    if (dueMs !== undefined) this.latenciesMs.push(now - dueMs);
    this.awaited.delete(eventId);
  }
}
