import { setTimeout as moment } from 'node:timers/promises';
import { Generations } from '@logbook/store';
import { randomFrom } from '@logbook/testing';
import { builtProgram } from './harness/repository.js';
import { runProgram } from './harness/run-program.js';
import { FoldingProcess } from './sweep/folding-process.js';
import { openTransactions } from './sweep/open-transactions.js';
import { type Outcome, brokenGenerations, outcomeOf, pointedGeneration, untilLevel } from './sweep/outcome.js';
import { sweepKills, sweepSeed } from './sweep/random.js';
import { type Phase, PHASES, RebuildProcess } from './sweep/rebuild-process.js';
import { openWorkbench, type Workbench } from './sweep/workbench.js';

const KILLS = sweepKills(8);
const KILLS_FOR_ALL_PHASES = 25;
/** One that got through to its swap is no kill, and costs a round. */
const ROUNDS_MAX = 4 * KILLS;
const PREFILLED = 2_500;
const APPENDED_EACH = 20;
const GENERATIONS_KEPT = 4;
/** Making a generation and moving the pointer are short: every so many kills one is aimed there. */
const AIMED_EVERY = 5;
const AIMED_WITHIN_MS = { CREATING: 60, SWAPPING: 12 } as const;
const COMMAND_TIMEOUT_MS = 120_000;

describe('a rebuild killed at random moments of all its phases', () => {
  const seed = sweepSeed();
  const random = randomFrom(seed);
  let bench: Workbench;
  let clean: Outcome;
  let swept: Outcome;
  let verified: { readonly code: number | null; readonly stdout: string };
  const brokenAfterKills: string[] = [];
  let brokenAtEnd: string[];
  let swaps = 0;
  const killed = { inTransaction: 0, afterWriting: 0, byPhase: new Map<Phase, number>() };

  beforeAll(
    async () => {
      bench = await openWorkbench();
      await bench.history.append(PREFILLED);
      await foldWhole(bench.environment, bench.store);
      const undisturbedMs = await timeOfRebuild();
      for (let kill = 0, round = 0; kill < KILLS && round < ROUNDS_MAX; round += 1) {
        if (await killOnce(kill, undisturbedMs)) kill += 1;
        else await betweenGenerations();
      }
      expect(await command('rebuild')).toMatchObject({ code: 0 });
      verified = await command('verify', '--json');
      swept = await outcomeOf(bench.store);
      brokenAtEnd = await brokenGenerations(bench.store);
      const beside = await bench.beside();
      await foldWhole(beside.environment, beside.store);
      clean = await outcomeOf(beside.store);
      const phases = PHASES.map((phase) => `${killed.byPhase.get(phase) ?? 0} ${phase}`).join(', ');
      process.stderr.write(
        `killed ${KILLS} times (LOGBOOK_TEST_SWEEP_SEED=${seed}): ${phases}; ${killed.inTransaction} times inside a ` +
          `transaction, ${killed.afterWriting} of them after it had written; ${swaps} times it got through to its swap\n`,
      );
    },
    300_000 + KILLS * 30_000,
  );
  afterAll(() => bench.dispose(), 60_000);

  const command = (...args: string[]) =>
    runProgram({
      command: process.execPath,
      args: [builtProgram('cli'), ...args],
      environment: bench.environment,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });

  async function foldWhole(...[environment, store]: [Workbench['environment'], Workbench['store']]): Promise<void> {
    const projector = FoldingProcess.launch(environment);
    await projector.fold();
    await untilLevel(bench.log, store);
    await projector.end();
  }

  /** From its first statement to its swap. */
  async function timeOfRebuild(): Promise<number> {
    const rebuild = RebuildProcess.launch(bench);
    await rebuild.begun();
    const began = performance.now();
    await rebuild.done();
    return performance.now() - began;
  }

  /** Whether it was killed; `false`: it got through to its swap before the moment came. */
  async function killOnce(kill: number, undisturbedMs: number): Promise<boolean> {
    const rebuild = RebuildProcess.launch(bench);
    await rebuild.begun();
    const aim = kill % AIMED_EVERY;
    if (aim === 0) await moment(random() * AIMED_WITHIN_MS.CREATING);
    else if (aim === 1 && (await rebuild.reached('SWAPPING'))) await moment(random() * AIMED_WITHIN_MS.SWAPPING);
    else if (aim > 1) await Promise.race([moment(random() * undisturbedMs), rebuild.done()]);
    if (!rebuild.freeze()) {
      await rebuild.done();
      return false;
    }
    const { open, written } = await openTransactions(bench.store);
    const phase = await rebuild.phase();
    await rebuild.kill();
    if (open > 0) killed.inTransaction += 1;
    if (written > 0) killed.afterWriting += 1;
    killed.byPhase.set(phase, (killed.byPhase.get(phase) ?? 0) + 1);
    brokenAfterKills.push(...(await brokenGenerations(bench.store)));
    return true;
  }

  /** Something new for the next generation, and room for it. */
  async function betweenGenerations(): Promise<void> {
    swaps += 1;
    await bench.history.append(APPENDED_EACH);
    const generations = new Generations(bench.store);
    const kept = (await generations.list()).filter(({ state }) => state === 'FOLLOWED');
    for (const { name, pointedTo } of kept.slice(0, -GENERATIONS_KEPT)) if (!pointedTo) await generations.drop(name);
  }

  // A few kills need not meet every phase; what they met is printed.
  (KILLS < KILLS_FOR_ALL_PHASES ? it.skip : it)(
    'was killed in every phase, and inside a transaction at some of the kills',
    () => {
      expect(PHASES.filter((phase) => !killed.byPhase.has(phase))).toEqual([]);
      expect(killed.inTransaction).toBeGreaterThan(0);
      expect(killed.afterWriting).toBeGreaterThan(0);
    },
  );

  it('never leaves readers pointed to what cannot answer them, nor tables that nobody knows of', () => {
    expect(brokenAfterKills).toEqual([]);
    expect(brokenAtEnd).toEqual([]);
  });

  it('goes on to a generation that is what an undisturbed replay gives: content, positions, checkpoints', async () => {
    expect(swept).toEqual(clean);
    expect((await pointedGeneration(bench.store)).verifiedAtMs).not.toBeNull();
    expect(JSON.parse(verified.stdout)).toMatchObject({ same: true, content_digest: clean.content });
  });

  it('leaves every accepted message a row, once', () => {
    expect(swept.rows).toEqual(bench.history.expected);
  });

  it('leaves no scratch tables after the next verification', async () => {
    const left = (await new Generations(bench.store).list()).filter(({ state }) => state === 'SCRATCH');
    expect(left).toEqual([]);
  });
});
