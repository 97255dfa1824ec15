import { setTimeout as moment } from 'node:timers/promises';
import { eventually, randomFrom, uniqueName } from '@logbook/testing';
import { EventTraffic } from './event-traffic.js';
import { Api } from './harness/api.js';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { settledEvents } from './outage/everything-kept.js';
import { type KeptEvents, losses } from './outage/kept-events.js';
import { stopStarted } from './stop-started.js';
import { sweepKills, sweepSeed } from './sweep/random.js';
import { llmEvent, registerFingerprint } from './telemetry.js';

const KILLS = sweepKills(4);
const WORKERS = 8;
const WITHIN_MS = 400;
const ACCEPTED_FIRST = 20;

/** One of two gateways takes all requests until it is killed; the other one starts meanwhile, and is next. */
describe('a gateway killed at random moments under load', () => {
  const seed = sweepSeed();
  let system: System;
  let traffic: EventTraffic;
  let kept: KeptEvents;
  /** How many requests were under way at each kill. */
  const inFlight: number[] = [];

  beforeAll(
    async () => {
      system = await startScale({ gateways: 2, projectors: 1 });
      const fingerprintId = await registerFingerprint(system.api);
      const random = randomFrom(seed);
      const [first, second] = system.gateways as [ServiceProcess, ServiceProcess];
      let [serving, next] = [first, second];
      const prefix = uniqueName('agent');
      traffic = new EventTraffic({
        api: new Api(() => [serving.url], system.apiKey),
        workers: WORKERS,
        next: (number) =>
          llmEvent(fingerprintId, {
            agent: `${prefix}-${number % 20}`,
            person: `person-${number % 500}`,
            session: `${prefix}-${number % 7}`,
          }),
      });
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = traffic.accepted.length;
        await eventually(() => traffic.accepted.length >= before + ACCEPTED_FIRST, {
          timeoutMs: 60_000,
          intervalMs: 1,
          what: `${serving.name} to take events`,
        });
        await moment(random() * WITHIN_MS);
        inFlight.push(traffic.underWay);
        await serving.kill();
        const killed = serving;
        [serving, next] = [next, killed];
        await next.start();
      }
      await traffic.stop();
      for (const gateway of system.gateways) if (!gateway.running) await gateway.start();
      kept = await settledEvents(system);
      const sorted = [...inFlight].sort((a, b) => a - b);
      process.stderr.write(
        `killed ${KILLS} times (LOGBOOK_TEST_SWEEP_SEED=${seed}) with ${sorted[0]} to ${sorted.at(-1)} requests in flight ` +
          `(${inFlight.join(', ')}); ${traffic.accepted.length} events answered, ${traffic.unanswered.length} not; ` +
          `${kept.rows.size - traffic.accepted.length} of those are kept\n`,
      );
    },
    120_000 + KILLS * 30_000,
  );
  afterAll(() => stopStarted(traffic, system), 60_000);

  it('was answering requests at the kills', () => {
    expect(inFlight).toHaveLength(KILLS);
    expect(Math.max(...inFlight)).toBeGreaterThan(1);
    expect(traffic.unanswered.length).toBeGreaterThan(0);
  });

  it('leaves every event it has answered in the log, and one row of it', () => {
    expect(traffic.refused).toEqual([]);
    expect(losses(kept, { ids: traffic.accepted, persons: [] })).toEqual([]);
  });

  it('leaves nothing that nobody sent', () => {
    const unknown = kept.rows.size - traffic.accepted.length;
    expect(unknown).toBeGreaterThanOrEqual(0);
    expect(unknown).toBeLessThanOrEqual(traffic.unanswered.length);
  });
});
