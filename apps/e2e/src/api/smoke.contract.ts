import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@logbook/testing';
import { builtProgram } from '../harness/repository.js';
import { runProgram, type ProgramRun } from '../harness/run-program.js';
import type { System } from '../harness/system.js';

const SMOKE_TIMEOUT_MS = 30_000;
const KEY = 'some-key-0123456789';

const smoke = (environment: Record<string, string>, ...args: string[]): Promise<ProgramRun> =>
  runProgram({
    command: process.execPath,
    args: [builtProgram('e2e', 'smoke.js'), ...args],
    environment,
    timeoutMs: SMOKE_TIMEOUT_MS,
  });

/** `npm run smoke` against these services, and against what is no Logbook. */
export function describeSmoke(system: () => System): void {
  it('finds every operation in order at every gateway, a line each', async () => {
    for (const url of system().urls) {
      const { code, stdout, stderr } = await smoke({ LOGBOOK_URL: url, LOGBOOK_API_KEY: system().apiKey });
      expect([code, stderr]).toEqual([0, '']);
      const lines = stdout.trim().split('\n');
      expect(lines.at(-1)).toMatch(/^all \d+ operations are ok at http:/);
      for (const line of lines.slice(0, -1)) expect(line).toMatch(/^ok {6}(GET|PUT|POST|PATCH) \/\S+.* \(\d+ ms\)$/);
    }
  });

  it('prints JSON when asked, and finds the key in the data directory', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'logbook-smoke-'));
    try {
      await writeFile(join(dataDir, 'api-key'), `${system().apiKey}\n`);
      const { code, stdout } = await smoke(
        { LOGBOOK_URL: `${system().urls[0]}/`, LOGBOOK_DATA_DIR: dataDir },
        '--json',
      );
      expect(code).toBe(0);
      const document = JSON.parse(stdout) as {
        ok: boolean;
        steps: { operation: string; ok: boolean; problem: null }[];
      };
      expect(document.ok).toBe(true);
      expect(document.steps.length).toBeGreaterThan(15);
      for (const step of document.steps) expect(step).toMatchObject({ ok: true, problem: null });
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });

  it('a wrong key fails, and says what was expected and what came', async () => {
    const { code, stdout } = await smoke({ LOGBOOK_URL: system().urls[0] as string, LOGBOOK_API_KEY: KEY });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}PUT \/api\/v1\/agents: expected 200 .*, got 401 .*unauthorized/m);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^\d+ of \d+ operations failed at http:/);
  });
}

/** What it says where there is no Logbook at all. */
export function describeSmokeAlone(): void {
  it('a dead port is one line that says what to do', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await smoke({ LOGBOOK_URL: url, LOGBOOK_API_KEY: KEY });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^smoke: nothing answers at http:\S+ \(ECONNREFUSED\): start the server with npm start, or set LOGBOOK_URL .*\n$/,
    );
  });

  it('a missing key is one line that says what to do', async () => {
    const { code, stdout, stderr } = await smoke({ LOGBOOK_DATA_DIR: join(tmpdir(), 'no-such-directory') });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^smoke: there is no API key: set LOGBOOK_API_KEY .*api-key.*\n$/);
  });

  it('a server that answers anything with 200 fails every operation', async () => {
    const server = await listening(createServer((_request, response) => void response.end('{}')));
    try {
      const { port } = server.address() as { port: number };
      const { code, stdout } = await smoke({ LOGBOOK_URL: `http://127.0.0.1:${port}`, LOGBOOK_API_KEY: KEY }, '--json');
      const { steps } = JSON.parse(stdout) as { steps: { operation: string; ok: boolean }[] };
      expect(code).toBe(1);
      // This one asks for nothing but a 200: what is behind it was checked by the steps before.
      expect(steps.filter(({ ok }) => ok).map(({ operation }) => operation)).toEqual([
        expect.stringContaining('(named by the event)'),
      ]);
    } finally {
      server.close();
    }
  });

  it('an unknown option is refused, --help explains', async () => {
    expect(await smoke({}, '--what')).toMatchObject({ code: 1, stderr: expect.stringContaining('--what') });
    expect(await smoke({}, '--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('LOGBOOK_API_KEY') });
  });
}

const listening = (server: Server): Promise<Server> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
