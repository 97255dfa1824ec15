import { measurePool } from './measure-pool.js';
import { Metrics } from './metrics.js';
import { type HealthServer, serveHealth } from './health-server.js';

describe('the health of a service without HTTP of its own', () => {
  let failure: string | undefined;
  let up: boolean;
  let server: HealthServer;

  beforeEach(async () => {
    failure = undefined;
    up = true;
    const check = () => Promise.resolve({ store: { up } });
    const metrics = new Metrics({ defaults: false });
    server = await serveHealth({
      host: '127.0.0.1',
      port: 0,
      metrics,
      measure: () => measurePool(metrics, { totalCount: 5, idleCount: 2, waitingCount: 1 }),
      failure: () => failure,
      check,
    });
  });
  afterEach(() => server.close());

  it('exports what it says of health, and what is measured when asked', async () => {
    up = false;
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toContain('logbook_health_check_up{check="store"} 0');
    expect(text).toContain('logbook_health_check_up{check="live"} 1');
    expect(text).toContain('logbook_store_connections{state="BUSY"} 3');
    up = true;
    failure = 'halted';
    const later = await (await fetch(`${server.url}/metrics`)).text();
    expect(later).toContain('logbook_health_check_up{check="store"} 1');
    expect(later).toContain('logbook_health_check_up{check="live"} 0');
  });

  const asked = async (path: string): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(server.url + path);
    return { status: answer.status, body: await answer.json() };
  };

  it('is live until the projector cannot go on, and then says why', async () => {
    expect(await asked('/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
    failure = 'nothing was done about events[0] for a long time';
    expect(await asked('/health/live')).toEqual({ status: 503, body: { status: 'unavailable', problem: failure } });
  });

  it('is not ready, and live, while something it depends on is away', async () => {
    up = false;
    expect(await asked('/health/ready')).toEqual({
      status: 503,
      body: { status: 'unavailable', checks: { store: { up: false } } },
    });
    expect((await asked('/health/live')).status).toBe(200);
  });
});
