import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EMBEDDED_PARTITION_COUNTS, offset } from '@logbook/contracts';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { Generations } from '@logbook/store';
import { eventually } from '@logbook/testing';
import { NetworkLink } from './harness/network-link.js';
import { builtProgram } from './harness/repository.js';
import { type ProgramRun, runProgram } from './harness/run-program.js';
import { plainLines } from './plain-lines.js';
import { stopStarted } from './stop-started.js';
import { FoldingProcess } from './sweep/folding-process.js';
import { brokenGenerations, outcomeOf, pointedGeneration, untilLevel } from './sweep/outcome.js';
import { RebuildProcess } from './sweep/rebuild-process.js';
import { openWorkbench, type Workbench } from './sweep/workbench.js';

const MESSAGES = 1_500;
const COMMAND_TIMEOUT_MS = 120_000;
const TEST_TIMEOUT_MS = 180_000;

describe('`logbook rebuild` where something comes in between', () => {
  let bench: Workbench;

  beforeAll(async () => {
    bench = await openWorkbench();
    await bench.history.append(MESSAGES);
    const projector = FoldingProcess.launch(bench.environment);
    await projector.fold();
    await untilLevel(bench.log, bench.store);
    await projector.end();
  }, TEST_TIMEOUT_MS);
  afterAll(() => bench.dispose(), 60_000);

  const logbook = (...args: string[]): Promise<ProgramRun> =>
    runProgram({
      command: process.execPath,
      args: [builtProgram('cli'), ...args],
      environment: bench.environment,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
  const newest = async () => (await new Generations(bench.store).list()).findLast(({ state }) => state === 'FOLLOWED')!;
  /** A rebuild that has made its generation, frozen there. */
  const frozenWhileFolding = async (databaseUrl?: string): Promise<RebuildProcess> => {
    const rebuild = RebuildProcess.launch(bench, databaseUrl === undefined ? {} : { databaseUrl });
    expect(await rebuild.reached('FOLDING')).toBe(true);
    rebuild.freeze();
    return rebuild;
  };

  it(
    'refuses to begin beside another one, which goes on',
    async () => {
      const first = await frozenWhileFolding();
      const second = await logbook('rebuild');
      expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 1, stdout: '' });
      expect(plainLines(second.stderr)).toEqual([
        expect.stringContaining('another rebuild or verification works on this database'),
      ]);
      first.resume();
      await first.done();
      expect(await brokenGenerations(bench.store)).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'ends with 130 on Ctrl-C, and the same command goes on with its generation',
    async () => {
      const interrupted = await frozenWhileFolding();
      const { name } = await newest();
      interrupted.interrupt();
      interrupted.resume();
      const { code, said } = await interrupted.ended();
      expect(code).toBe(130);
      expect(plainLines(said).at(-1)).toBe('logbook: interrupted; the same command goes on from here');
      const { stdout } = await logbook('rebuild', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ generation: name, resumed: true, swapped: true });
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'ends with a sentence when its generation is dropped, and begins another when it is called again',
    async () => {
      const rebuild = await frozenWhileFolding();
      const { name } = await newest();
      expect(await logbook('generations', 'drop', name)).toMatchObject({ code: 0, stdout: `${name} is dropped\n` });
      rebuild.resume();
      const { code, said } = await rebuild.ended();
      expect(code).toBe(1);
      expect(plainLines(said).at(-1)).toMatch(new RegExp(`^logbook: .*${name}.*dropped`));
      const { stdout } = await logbook('rebuild', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ resumed: false, swapped: true });
      expect(await brokenGenerations(bench.store)).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  it.each(['FOLDING', 'VERIFYING'] as const)(
    'waits for a database that goes away while it is %s, and comes to the same rows',
    async (phase) => {
      const link = await NetworkLink.to(bench.environment['DATABASE_URL'] ?? '');
      try {
        const rebuild = RebuildProcess.launch(bench, { databaseUrl: link.url });
        expect(await rebuild.reached(phase)).toBe(true);
        link.cut();
        const missed = eventually(() => link.refused > 0, {
          timeoutMs: 60_000,
          what: 'the rebuild to miss its database',
        });
        await Promise.race([missed, rebuild.done()]);
        expect(link.refused).toBeGreaterThan(0);
        link.restore();
        await rebuild.done();
        const { generation, ...outcome } = {
          generation: await pointedGeneration(bench.store),
          ...(await outcomeOf(bench.store)),
        };
        expect(generation.verifiedAtMs).not.toBeNull();
        expect(outcome.rows).toEqual(bench.history.expected);
      } finally {
        await stopStarted(link);
      }
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'is not swapped to by hand while nobody has caught it up',
    async () => {
      const begun = await new Generations(bench.store).create({
        logId: (await pointedGeneration(bench.store)).logId as never,
        foldVersion: CURRENT_FOLD_VERSION,
        state: 'FOLLOWED',
        until: {
          commands: Array.from({ length: EMBEDDED_PARTITION_COUNTS.commands }, () => offset(1)),
          events: Array.from({ length: EMBEDDED_PARTITION_COUNTS.events }, () => offset(1)),
        },
      });
      const { code, stdout, stderr } = await logbook('swap', begun.name);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(plainLines(stderr)).toEqual([expect.stringMatching(/has not caught up.*let `logbook rebuild` finish it/)]);
      await new Generations(bench.store).drop(begun.name);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'leaves a verification that can be interrupted too: 130, and no scratch tables',
    async () => {
      const verify = RebuildProcess.launch(bench, { args: ['verify'] });
      await verify.reached('VERIFYING');
      verify.freeze();
      verify.interrupt();
      verify.resume();
      const { code, said } = await verify.ended();
      expect({ code, last: plainLines(said).at(-1) }).toEqual({
        code: 130,
        last: 'logbook: interrupted; what the verification had replayed is dropped',
      });
      const scratch = (await new Generations(bench.store).list()).filter(({ state }) => state === 'SCRATCH');
      expect(scratch).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'is seen by `status --watch`, which ends quietly when its reader does, and with 0 on Ctrl-C',
    async () => {
      for (const ending of ['the reader ends', 'Ctrl-C'] as const) {
        const watch = spawn(process.execPath, [builtProgram('cli'), 'status', '--watch', '--json'], {
          env: bench.environment,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let complaints = '';
        watch.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
        const closed = once(watch, 'exit');
        const [first] = (await once(watch.stdout.setEncoding('utf8'), 'data')) as [string];
        expect(JSON.parse(first)).toMatchObject({ projections: { ready: true } });
        if (ending === 'Ctrl-C') watch.kill('SIGINT');
        else watch.stdout.destroy();
        expect({ ending, code: (await closed)[0] as unknown, complaints }).toEqual({ ending, code: 0, complaints: '' });
      }
    },
    TEST_TIMEOUT_MS,
  );
});
