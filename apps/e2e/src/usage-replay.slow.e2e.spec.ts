import { readFile } from 'node:fs/promises';
import { eventually } from '@logbook/testing';
import { type ProjectorOnKafka, startProjectorOnKafka } from './harness/projector-on-kafka.js';
import { inRepository } from './harness/repository.js';
import type { ProgramRun } from './harness/run-program.js';
import type { ServiceProcess } from './harness/service-process.js';
import { stopStarted } from './stop-started.js';
import { countedTotals, inOneOrder, untilCounted } from './usage/counted.js';
import { RecordedCalls, type UsageRow } from './usage/recorded-calls.js';

const RECORDED_BEFORE = 3_000;
const APPENDED_AT_ONCE = 20;
const LOOK_MS = 10;

/** What a reader saw: the calls in the totals, and how far the service has counted. */
interface Look {
  readonly calls: number;
  readonly position: number;
  readonly atMs: number;
}

describe('logbook replay --group usage beside live traffic', () => {
  let system: ProjectorOnKafka;
  let usage: ServiceProcess;
  let recorded: RecordedCalls;
  let before: readonly ProgramRun[];
  let replay: ProgramRun;
  const looks: Look[] = [];

  beforeAll(async () => {
    system = await startProjectorOnKafka();
    recorded = new RecordedCalls(system.log);
    for (let appended = 0; appended < RECORDED_BEFORE; appended += 500) await recorded.append(500);
    before = await Promise.all([system.cli('usage'), system.cli('replay', '--group', 'usage', '--from', 'beginning')]);
    usage = await system.usage();
    await usage.start();
    await untilCounted(system);

    const stopping = new AbortController();
    const appending = recorded.appendUntil(stopping.signal, APPENDED_AT_ONCE);
    const looking = lookUntil(stopping.signal);
    replay = await system.cli('replay', '--group', 'usage', '--from', 'beginning', '--json');
    const after = looks.at(-1)?.calls ?? 0;
    await eventually(() => (looks.at(-1)?.calls ?? 0) > after, { what: 'the service to count after the replay' });
    stopping.abort();
    await Promise.all([appending, looking]);
    await untilCounted(system);
    const longestMs = looks.reduce(
      ({ longest, sinceMs, position }, look) =>
        look.position === position
          ? { longest: Math.max(longest, look.atMs - sinceMs), sinceMs, position }
          : { longest, sinceMs: look.atMs, position: look.position },
      { longest: 0, sinceMs: looks[0]?.atMs ?? 0, position: -1 },
    ).longest;
    process.stderr.write(
      `replay: ${replay.stdout.replaceAll(/\s+/g, ' ')} of ${recorded.calls} calls, ${looks.length} looks, ` +
        `${new Set(looks.map(({ position }) => position)).size} positions, the longest without a commit ${Math.round(longestMs)} ms\n`,
    );
  }, 180_000);
  afterAll(() => stopStarted(system), 60_000);

  async function lookUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { rows } = await system.store.pool.query<{ calls: string; position: string }>(
        `SELECT (SELECT sum(calls) FROM usage.current_totals) AS calls,
                (SELECT sum(next_offset) FROM usage.logbook_checkpoints) AS position`,
      );
      looks.push({ calls: Number(rows[0]!.calls), position: Number(rows[0]!.position), atMs: performance.now() });
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  it('says what to start where nothing was ever counted', () => {
    for (const { code, stderr } of before) {
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('start it with `npm run usage`') });
    }
  });

  it('puts another edition in place', () => {
    expect(replay).toMatchObject({ code: 0 });
    const { edition, messages, from_day } = JSON.parse(replay.stdout) as Record<string, unknown>;
    expect({ edition, from_day }).toEqual({ edition: 2, from_day: null });
    expect(messages).toBeGreaterThan(RECORDED_BEFORE);
  });

  it('leaves the totals of what was recorded, before, meanwhile and after', async () => {
    expect(await countedTotals(system)).toEqual(inOneOrder(recorded.expected));
  }, 60_000);

  it('shows readers at every moment all that was counted so far', () => {
    const fewer = looks.filter(({ calls }, index) => calls < (looks[index - 1]?.calls ?? 0));
    expect(fewer).toEqual([]);
    expect(looks[0]!.calls).toBeGreaterThanOrEqual(RECORDED_BEFORE);
  });

  it('leaves the service reading: it went on committing, gave up no partition and did no batch twice', async () => {
    expect(new Set(looks.map(({ position }) => position)).size).toBeGreaterThan(10);
    const metrics = await (await fetch(`${usage.url}/metrics`)).text();
    const batches = [...metrics.matchAll(/^logbook_subscriber_batches_total\{.*outcome="(\w+)"\}/gm)];
    expect(batches.map(([, outcome]) => outcome)).toEqual(['CONSUMED']);
  });

  it('from a time leaves these totals too, and what the page shows of them is there', async () => {
    const expected = inOneOrder(recorded.expected);
    const again = await system.cli('replay', '--group', 'usage', '--from', '2026-05-09T00:00:00Z');
    expect(again.stdout).toMatch(/^2026-05-09 and every later day are counted anew, from \d+ messages\n$/);
    expect(await countedTotals(system)).toEqual(expected);
    const ofDay = await system.cli('usage', '--tenant', 'acme', '--day', '2026-05-09', '--json');
    const isShown = ({ tenant, day }: UsageRow): boolean => tenant === 'acme' && day === '2026-05-09';
    expect(inOneOrder(JSON.parse(ofDay.stdout) as UsageRow[])).toEqual(expected.filter(isShown));
    const page = await readFile(inRepository('docs/usage.md'), 'utf8');
    const { rows } = await system.store.pool.query(/```sql\n([^]*?)```/.exec(page)![1]!);
    expect(rows).toHaveLength(new Set(expected.map(({ model }) => model)).size);
  }, 120_000);
});
