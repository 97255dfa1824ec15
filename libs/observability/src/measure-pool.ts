import type { Metrics } from './metrics.js';

/** What a pool of connections says of itself. */
export interface PoolFigures {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Sets how the connections to PostgreSQL stand. */
export function measurePool(metrics: Metrics, { totalCount, idleCount, waitingCount }: PoolFigures): void {
  const states = { IDLE: idleCount, BUSY: totalCount - idleCount, WAITING: waitingCount };
  for (const [state, count] of Object.entries(states)) metrics.set('logbook_store_connections', { state }, count);
}
