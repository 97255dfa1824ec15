import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metrics } from '@logbook/observability';
import { measureGateway, type Measured } from './measure-gateway.js';

const OLDEST_MS = 90_000;
const MIB = 1024 * 1024;

describe('measureGateway', () => {
  const measured = (dataDir: string, isSpooling: boolean): Measured =>
    ({
      settings: { dataDir, spool: { dir: dataDir, bytesMax: 4 * MIB } },
      intake: {
        spool: isSpooling
          ? {
              mode: 'SPOOLING',
              figures: () => ({
                messages: 2,
                bytes: 3,
                parkedMessages: 1,
                parkedBytes: 4,
                oldestAtMs: Date.now() - OLDEST_MS,
              }),
            }
          : null,
      },
      store: { pool: { totalCount: 3, idleCount: 1, waitingCount: 7 } },
      health: {
        live: () => Promise.resolve({ ok: true, checks: {} }),
        ready: () => Promise.resolve({ ok: false, checks: { log: { up: false }, store: { up: true } } }),
      },
    }) as unknown as Measured;

  const valuesOf = async (dataDir: string, isSpooling: boolean): Promise<ReadonlyMap<string, number>> => {
    const metrics = new Metrics({ defaults: false });
    await measureGateway(measured(dataDir, isSpooling), metrics);
    const lines = (await metrics.text()).matchAll(/^(logbook_\S+) (\S+)$/gm);
    return new Map([...lines].map(([, series, value]) => [String(series), Number(value)]));
  };

  it('sets spool, disk, connections and health as they are now', async () => {
    const values = await valuesOf(tmpdir(), true);
    expect(values.get('logbook_spool_bytes')).toBe(7);
    expect(values.get('logbook_spool_limit_bytes')).toBe(4 * MIB);
    expect(values.get('logbook_spool_oldest_age_seconds')).toBeGreaterThanOrEqual(OLDEST_MS / 1000);
    expect(values.get('logbook_spool_mode{mode="SPOOLING"}')).toBe(1);
    expect(values.get('logbook_spool_mode{mode="DIRECT"}')).toBe(0);
    expect(values.get('logbook_data_disk_free_bytes')).toBeGreaterThan(0);
    expect(values.get('logbook_store_connections{state="BUSY"}')).toBe(2);
    expect(values.get('logbook_store_connections{state="WAITING"}')).toBe(7);
    expect(values.get('logbook_health_check_up{check="log"}')).toBe(0);
    expect(values.get('logbook_health_check_up{check="store"}')).toBe(1);
    expect(values.get('logbook_health_check_up{check="live"}')).toBe(1);
  });

  it('has no spool where the log is embedded', async () => {
    const values = await valuesOf(tmpdir(), false);
    expect(values.get('logbook_spool_limit_bytes')).toBe(0);
    expect(values.get('logbook_spool_oldest_age_seconds')).toBe(0);
    expect(values.get('logbook_spool_mode{mode="DIRECT"}')).toBe(1);
  });

  it('takes a disk that cannot be asked for full, and answers all the same', async () => {
    const values = await valuesOf(join(tmpdir(), 'no', 'such', 'directory'), false);
    expect(values.get('logbook_data_disk_free_bytes')).toBe(0);
  });
});
