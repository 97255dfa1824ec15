import type { Log } from '@logbook/core';
import { answersSoon } from '@logbook/log';
import type { HealthCheck } from '@logbook/observability';
import type { Store } from '@logbook/store';
import type { LogTransport } from '@logbook/subscriber';

export interface Watched {
  readonly log: Log;
  readonly store: Store;
  readonly transport: LogTransport;
}

/** What the service depends on, and whether it counts. */
export async function healthOf({ log, store, transport }: Watched): Promise<Readonly<Record<string, HealthCheck>>> {
  const { state, reason } = transport.health();
  const counts = state === 'CONSUMING';
  return {
    log: { up: await answersSoon(log.ping()) },
    store: { up: await answersSoon(store.ping()) },
    counting: counts ? { up: true } : { up: false, problem: reason ?? `the service is ${state}` },
  };
}
