import { setTimeout as moment } from 'node:timers/promises';
import { eventually, randomFrom } from '@logbook/testing';
import { type ProjectorOnKafka, startProjectorOnKafka } from './harness/projector-on-kafka.js';
import { stopStarted } from './stop-started.js';
import { History } from './sweep/history.js';
import { openTransactions } from './sweep/open-transactions.js';
import { brokenGenerations, outcomeOf, untilLevel } from './sweep/outcome.js';
import { sweepKills, sweepSeed } from './sweep/random.js';

/** Few: the group keeps the partitions of a killed member until its session ends. */
const KILLS = Math.min(6, sweepKills(6));
const WITHIN_MS = 400;
const APPENDED_AT_ONCE = 20;
const FOLDS_TIMEOUT_MS = 60_000;

describe('a projector on Kafka killed at random moments of its folding', () => {
  const seed = sweepSeed();
  let system: ProjectorOnKafka;
  let history: History;
  let inTransaction = 0;

  beforeAll(async () => {
    system = await startProjectorOnKafka();
    history = new History(system.log);
    const random = randomFrom(seed);
    const projector = await system.projector();
    for (let kill = 0; kill < KILLS; kill += 1) {
      await projector.start();
      const stopped = new AbortController();
      const appending = appendUntil(stopped.signal);
      try {
        await eventually(
          async () => /^logbook_projected_messages_total\{.*\} [1-9]/m.test(await metrics(projector.url)),
          {
            timeoutMs: FOLDS_TIMEOUT_MS,
            what: 'the projector to fold',
          },
        );
        await moment(random() * WITHIN_MS);
        projector.pause();
        const { open } = await openTransactions(system.store);
        if (open > 0) inTransaction += 1;
        await projector.kill();
      } finally {
        stopped.abort();
        await appending;
      }
    }
    await projector.start();
    await untilLevel(system.log, system.store);
    await projector.stop();
    process.stderr.write(
      `killed ${KILLS} times on Kafka (LOGBOOK_TEST_SWEEP_SEED=${seed}), ${inTransaction} times inside a transaction\n`,
    );
  }, 400_000);
  afterAll(() => stopStarted(system), 60_000);

  const metrics = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

  async function appendUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await history.append(APPENDED_AT_ONCE);
  }

  it('leaves what a verification replays to, every accepted message a row, once, and no generation half made', async () => {
    const { code, stdout } = await system.cli('verify', '--json');
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, same: true });
    expect((await outcomeOf(system.store)).rows).toEqual(history.expected);
    expect(await brokenGenerations(system.store)).toEqual([]);
  }, 120_000);
});
