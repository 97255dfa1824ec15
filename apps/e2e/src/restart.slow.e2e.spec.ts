import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@logbook/testing';
import { pastedLines, shownAddress } from './greeting.js';
import { Api } from './harness/api.js';
import { startEmbedded } from './harness/embedded-system.js';
import { builtProgram } from './harness/repository.js';
import { runProgram, type ProgramRun } from './harness/run-program.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { plainLines } from './plain-lines.js';
import { stopStarted } from './stop-started.js';

const PATHS = ['/agents/greeter', '/agents/greeter/agent-versions/v1', '/people/ann'];
const STOP_MS_MAX = 10_000;

describe('a server on a fresh data directory', () => {
  let system: System;
  let server: ServiceProcess;
  let dataDir: string;
  let shown: { readonly url: string; readonly apiKey: string };
  let pasted: ProgramRun;
  let before: unknown;

  beforeAll(async () => {
    // No key from outside: the server makes the first one itself.
    system = await startEmbedded({ environment: { LOGBOOK_BOOTSTRAP_API_KEY: '' } });
    server = system.gateways[0] as ServiceProcess;
    dataDir = system.environment['LOGBOOK_DATA_DIR'] ?? '';
    shown = shownAddress(server.output);
    pasted = await runProgram({ command: 'bash', args: ['-c', pastedLines(server.output)], timeoutMs: 30_000 });
    before = await everything();
  }, 90_000);
  afterAll(() => stopStarted(system), 60_000);

  /** What the pasted commands created, as the API and the command line show it, once it is projected. */
  async function everything(): Promise<unknown> {
    const api = new Api(() => [shown.url], shown.apiKey);
    const answers = await eventually(
      async () => {
        const got = await Promise.all(PATHS.map((path) => api.get(path)));
        if (got.some(({ status }) => status !== 200))
          throw new Error(got.map(({ status, text }) => `${status} ${text}`).join('; '));
        return got.map((answer) => answer.json());
      },
      { what: 'what the pasted commands created' },
    );
    const sessions = await eventually(
      async () => {
        const list = await system.cliJson<unknown[]>('sessions', '--json');
        return list.length > 0 && list;
      },
      { timeoutMs: 30_000, what: 'the session' },
    );
    return { answers, sessions };
  }

  it('prints commands that work as they are pasted', () => {
    expect(pasted).toMatchObject({ code: 0, stderr: '' });
    const answers = pasted.stdout.trim().split('\n');
    expect(JSON.parse(answers[0] ?? '')).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('holds what they recorded: agent, version, person and session', () => {
    expect(before).toMatchObject({
      answers: [
        { agent_name: 'greeter', agent_number: 1 },
        { agent_version_name: 'v1', agent_version_number: 1 },
        { person_id: 'ann', properties: null },
      ],
      sessions: [{ session: 's1' }],
    });
    expect(before).toHaveProperty('sessions.length', 1);
  });

  it('keeps the key where only its user can read it', async () => {
    const file = join(dataDir, 'api-key');
    expect((await readFile(file, 'utf8')).trim()).toBe(shown.apiKey);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('refuses a second server beside it in one line that says who is there', async () => {
    const environment = { ...system.environment, PORT: '0' };
    const second = await runProgram({
      command: process.execPath,
      args: [builtProgram('standalone')],
      environment,
      timeoutMs: 30_000,
    });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(plainLines(second.stderr)).toEqual([
      expect.stringContaining(`${dataDir} is in use by process ${server.pid}`),
    ]);
    expect(server.running).toBe(true);
  });

  it('ends with 0 on SIGTERM, soon, and has the same data and key when it starts again', async () => {
    const asked = performance.now();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(STOP_MS_MAX);
    await server.start();
    await system.untilReadable();
    expect(await everything()).toEqual(before);
    expect(shownAddress(server.output.slice(server.output.lastIndexOf('Logbook is ready'))).apiKey).toBe(shown.apiKey);
  }, 60_000);

  it('has the same data and key after SIGKILL', async () => {
    await server.kill();
    await server.start();
    await system.untilReadable();
    expect(await everything()).toEqual(before);
  }, 60_000);
});
