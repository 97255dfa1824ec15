import { statfs } from 'node:fs/promises';
import type { Settings } from '@logbook/config';
import { SPOOL_MODES } from '@logbook/core';
import { measureChecks, measurePool, type Metrics } from '@logbook/observability';
import type { Store } from '@logbook/store';
import type { Health } from '../http/use-cases.js';
import type { Intake } from '../open-intake.js';

export interface Measured {
  readonly settings: Pick<Settings, 'dataDir' | 'spool'>;
  readonly intake: Pick<Intake, 'spool'>;
  readonly store: Store;
  readonly health: Health;
}

/** Sets what is measured when it is asked for: the spool, the disk, the connections, what health says. Bounded as health is. */
export async function measureGateway({ settings, intake, store, health }: Measured, metrics: Metrics): Promise<void> {
  measureSpool(intake, settings.spool, metrics);
  measurePool(metrics, store.pool);
  metrics.set('logbook_data_disk_free_bytes', {}, await freeBytes(settings.dataDir));
  const [{ ok: live }, { checks }] = await Promise.all([health.live(), health.ready()]);
  measureChecks(metrics, { live, checks });
}

/** A disk that cannot be asked has no room. */
const freeBytes = (dir: string): Promise<number> =>
  statfs(dir).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );

function measureSpool({ spool }: Measured['intake'], { bytesMax }: Settings['spool'], metrics: Metrics): void {
  const figures = spool?.figures();
  const oldestAtMs = figures?.oldestAtMs ?? null;
  metrics.set('logbook_spool_messages', {}, figures?.messages ?? 0);
  metrics.set('logbook_spool_bytes', {}, (figures?.bytes ?? 0) + (figures?.parkedBytes ?? 0));
  metrics.set('logbook_spool_limit_bytes', {}, spool === null ? 0 : bytesMax);
  metrics.set(
    'logbook_spool_oldest_age_seconds',
    {},
    oldestAtMs === null ? 0 : Math.max(0, Date.now() - oldestAtMs) / 1000,
  );
  metrics.set('logbook_spool_parked_messages', {}, figures?.parkedMessages ?? 0);
  for (const mode of SPOOL_MODES)
    metrics.set('logbook_spool_mode', { mode }, mode === (spool?.mode ?? 'DIRECT') ? 1 : 0);
}
