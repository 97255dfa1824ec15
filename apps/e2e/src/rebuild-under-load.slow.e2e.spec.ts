import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_PARTITION_COUNTS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower } from '@logbook/log';
import { combinedDigest, commonTables, CURRENT_FOLD_VERSION, FOLDS, tablesOf } from '@logbook/projections';
import { foldOf, Generations, type KnownGeneration, readDigests, type Store } from '@logbook/store';
import { logEnds, untilCaughtUp, untilPassedBy } from './caught-up.js';
import { builtProgram } from './harness/repository.js';
import { runProgram, type ProgramRun } from './harness/run-program.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';
import { JoiningReader } from './joining-reader.js';
import { appendLongHistory } from './long-history.js';
import { RequestMix } from './request-mix.js';
import { stopStarted } from './stop-started.js';
import { registerFingerprint } from './telemetry.js';

const EVENTS = Number(process.env['LOGBOOK_TEST_REBUILD_EVENTS'] ?? 30_000);
const CATCH_UP_TIMEOUT_MS = 300_000;
const REBUILD_TIMEOUT_MS = 400_000;
/** How long the load runs undisturbed, before the rebuild and after each swap. */
const BETWEEN_MS = 3_000;
/** The oldest fold this release carries: what an upgrade comes from. */
const OLDEST_FOLD = Math.min(...FOLDS.keys());

interface RebuildDocument {
  readonly generation: string;
  readonly swapped: boolean;
  readonly verification: { readonly same: boolean; readonly messages: number };
}

describe('a rebuild of a long history under a new fold, while clients write and read', () => {
  let system: System;
  let load: RequestMix;
  let reader: JoiningReader;
  let rebuilt: ProgramRun;
  let rolledBack: ProgramRun;
  let generations: readonly KnownGeneration[];

  beforeAll(async () => {
    system = await startScale({ gateways: 2, projectors: 1, prepare: ofAnEarlierRelease });
    const fingerprintId = await registerFingerprint(system.api);
    await system.withLog((log) => appendLongHistory(log, EVENTS));
    await untilCaughtUp(system, CATCH_UP_TIMEOUT_MS);
    await system.withStore(async (store) => {
      reader = new JoiningReader(store);
      load = new RequestMix(system.api, fingerprintId, { writers: 2, readers: 1 });
      await pause(BETWEEN_MS);
      load.phase = 'rebuild';
      rebuilt = await logbook('rebuild', '--json');
      load.phase = 'after the swap';
      await pause(BETWEEN_MS);
      load.phase = 'rollback';
      rolledBack = await logbook('rollback', '--json');
      load.phase = 'after the rollback';
      await pause(BETWEEN_MS);
      await load.stop();
      await reader.stop();
      generations = (await new Generations(store).list()).filter(({ state }) => state === 'FOLLOWED');
      const ends = await logEnds(system);
      for (const { name } of generations) await untilPassedBy(store, name, ends);
    });
    process.stdout.write(`${report(load)}\n`);
  }, 1_200_000);
  afterAll(() => stopStarted(system), 60_000);

  const logbook = (...args: string[]): Promise<ProgramRun> =>
    runProgram({
      command: process.execPath,
      args: [builtProgram('cli'), ...args],
      environment: system.environment,
      timeoutMs: REBUILD_TIMEOUT_MS,
    });

  it('verifies what it built and swaps to it', () => {
    expect(rebuilt).toMatchObject({ code: 0 });
    const { generation, swapped, verification } = JSON.parse(rebuilt.stdout) as RebuildDocument;
    expect({ generation, swapped, same: verification.same }).toEqual({
      generation: 'gen_2',
      swapped: true,
      same: true,
    });
    expect(verification.messages).toBeGreaterThanOrEqual(EVENTS);
    expect(generations.map(({ name, foldVersion }) => [name, foldVersion])).toEqual([
      ['gen_1', OLDEST_FOLD],
      ['gen_2', CURRENT_FOLD_VERSION],
    ]);
  });

  it('fails no request, and lets none wait past the time that is promised', () => {
    expect(load.failures).toEqual([]);
    expect([...load.timesMs.keys()]).toEqual(['before', 'rebuild', 'after the swap', 'rollback', 'after the rollback']);
  });

  it('shows no reader a mixture, whichever generation it reads', () => {
    expect(reader.mixtures).toEqual([]);
    expect([...reader.generations].sort()).toEqual(['gen_1', 'gen_2']);
  });

  it('is taken back by rollback', () => {
    expect(rolledBack).toMatchObject({ code: 0 });
    expect(JSON.parse(rolledBack.stdout)).toEqual({ generation: 'gen_1', previous: 'gen_2' });
  });

  it('has the same digest before and after, with everything that was accepted meanwhile in both', async () => {
    await system.withStore(async (opened) => {
      const [first, second] = generations as [KnownGeneration, KnownGeneration];
      for (const kind of ['content', 'position'] as const) {
        const tables = commonTables(tablesOf(foldOf(first)), tablesOf(foldOf(second)), kind);
        const digests = await Promise.all(
          [first, second].map((each) => readDigests(opened.pool, each.name, foldOf(each), { kind, tables })),
        );
        expect(digests[0]).toEqual(digests[1]);
        expect(combinedDigest(digests[0] as never)).toBe(combinedDigest(digests[1] as never));
      }
      for (const { name } of generations) {
        const { rows } = await opened.pool.query<{ events: number; accepted: number; agents: number }>(
          `SELECT (SELECT count(*) FROM ${name}.events) AS events,
                  (SELECT count(*) FROM ${name}.events WHERE event_id = ANY ($1::uuid[])) AS accepted,
                  (SELECT count(*) FROM ${name}.agents WHERE agent_name = ANY ($2::text[])) AS agents`,
          [load.acceptedEvents, load.agents],
        );
        expect(rows[0]).toEqual({
          events: EVENTS + load.acceptedEvents.length,
          accepted: load.acceptedEvents.length,
          agents: load.agents.length,
        });
      }
    });
  });
});

/** The generation as an earlier release made it. */
async function ofAnEarlierRelease({ log, store }: { readonly log: Log; readonly store: Store }): Promise<void> {
  const control = await ControlFollower.open({ log, source: 'e2e', partitions: DEFAULT_PARTITION_COUNTS });
  await new Generations(store).ensureLive({
    logId: control.log.logId,
    foldVersion: OLDEST_FOLD,
    logEnds: async () => ({ commands: await log.ends('commands'), events: await log.ends('events') }),
  });
  await control.stop();
}

/** How long requests took, phase by phase: for people, since the machine is shared and nothing here may depend on it. */
function report({ timesMs }: RequestMix): string {
  const at = (sorted: readonly number[], share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1);
  return [...timesMs]
    .map(([phase, times]) => {
      const sorted = times.toSorted((a, b) => a - b);
      return `${phase}: ${sorted.length} requests, p50 ${at(sorted, 0.5)} ms, p99 ${at(sorted, 0.99)} ms, max ${at(sorted, 1)} ms`;
    })
    .join('\n');
}
