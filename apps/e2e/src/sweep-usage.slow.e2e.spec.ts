import { setTimeout as moment } from 'node:timers/promises';
import { eventually, randomFrom } from '@logbook/testing';
import { type ProjectorOnKafka, startProjectorOnKafka } from './harness/projector-on-kafka.js';
import { stopStarted } from './stop-started.js';
import { openTransactions } from './sweep/open-transactions.js';
import { sweepKills, sweepSeed } from './sweep/random.js';
import { countedTotals, inOneOrder, untilCounted } from './usage/counted.js';
import { RecordedCalls } from './usage/recorded-calls.js';

/** The group keeps the partitions of a killed member until its session ends, so several services die at once, each on topics of its own. */
const LANES = 4;
const KILLS = Math.ceil(sweepKills(LANES) / LANES);
const WITHIN_MS = 400;
const APPENDED_AT_ONCE = 20;
const COUNTS_TIMEOUT_MS = 90_000;

describe('the usage service on Kafka killed at random moments of its counting', () => {
  const seed = sweepSeed();
  const lanes: { readonly system: ProjectorOnKafka; readonly recorded: RecordedCalls }[] = [];
  const killed = { inTransaction: 0, afterWriting: 0 };

  beforeAll(
    async () => {
      for (let lane = 0; lane < LANES; lane += 1) {
        const system = await startProjectorOnKafka();
        lanes.push({ system, recorded: new RecordedCalls(system.log) });
      }
      await Promise.all(lanes.map((lane, index) => sweep(lane, randomFrom(seed + index))));
      const calls = lanes.reduce((sum, { recorded }) => sum + recorded.calls, 0);
      process.stderr.write(
        `killed ${LANES * KILLS} times on Kafka (LOGBOOK_TEST_SWEEP_SEED=${seed}), ${killed.inTransaction} times inside a ` +
          `transaction, ${killed.afterWriting} of them after it had written; ${calls} calls\n`,
      );
    },
    120_000 + KILLS * 60_000,
  );
  afterAll(async () => {
    for (const { system } of lanes) await stopStarted(system);
  }, 120_000);

  async function sweep({ system, recorded }: (typeof lanes)[number], random: () => number): Promise<void> {
    const usage = await system.usage();
    for (let kill = 0; kill < KILLS; kill += 1) {
      await recorded.append(APPENDED_AT_ONCE);
      await usage.start();
      await eventually(async () => /^logbook_subscriber_messages_total\{.*\} [1-9]/m.test(await metrics(usage.url)), {
        timeoutMs: COUNTS_TIMEOUT_MS,
        what: 'the usage service to count',
      });
      const stopped = new AbortController();
      const appending = recorded.appendUntil(stopped.signal, APPENDED_AT_ONCE);
      try {
        await moment(random() * WITHIN_MS);
        usage.pause();
      } finally {
        stopped.abort();
        await appending;
      }
      const { open, written } = await openTransactions(system.store);
      if (open > 0) killed.inTransaction += 1;
      if (written > 0) killed.afterWriting += 1;
      await usage.kill();
    }
    await usage.start();
    await untilCounted(system);
    await usage.stop();
  }

  const metrics = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

  it('leaves the totals of what was recorded, each call once', async () => {
    for (const { system, recorded } of lanes) {
      expect(await countedTotals(system)).toEqual(inOneOrder(recorded.expected));
    }
  }, 120_000);
});
