import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from './harness/embedded-system.js';
import { inRepository } from './harness/repository.js';
import { runProgram, type ProgramRun } from './harness/run-program.js';
import type { System } from './harness/system.js';
import { stopStarted } from './stop-started.js';

/** What the README shows under "Try it", for the server at `url` with its data in `dataDir` instead of the defaults. */
async function firstCommands(url: string, dataDir: string): Promise<string> {
  const readme = await readFile(inRepository('README.md'), 'utf8');
  const block = /<!-- first-curl -->\s+```sh\n([^]*?)```/.exec(readme)?.[1] ?? '';
  expect(block).toContain('http://127.0.0.1:8080');
  expect(block).toContain('.logbook/api-key');
  return block.replaceAll('http://127.0.0.1:8080', url).replace('.logbook/api-key', join(dataDir, 'api-key'));
}

describe('the README', () => {
  let system: System;
  let run: ProgramRun;

  beforeAll(async () => {
    system = await startEmbedded({ environment: { LOGBOOK_BOOTSTRAP_API_KEY: '' } });
    const dataDir = system.environment['LOGBOOK_DATA_DIR'] ?? '';
    run = await runProgram({
      command: 'bash',
      args: ['-c', await firstCommands(system.urls[0] ?? '', dataDir)],
      environment: { PATH: process.env['PATH'] ?? '', HOME: dataDir, LOGBOOK_DATA_DIR: dataDir },
      directory: inRepository('.'),
      timeoutMs: 60_000,
    });
  }, 90_000);
  afterAll(() => stopStarted(system), 60_000);

  it('shows first commands that record an event, and what it created', () => {
    expect(run.code).toBe(0);
    const [event, agent, version, person, ...sessions] = run.stdout.trim().split('\n');
    expect(JSON.parse(event ?? '')).toEqual({ id: expect.any(String) });
    expect(JSON.parse(agent ?? '')).toMatchObject({ agent_name: 'greeter', agent_number: 1 });
    expect(JSON.parse(version ?? '')).toMatchObject({ agent_version_name: 'v1', agent_version_number: 1 });
    expect(JSON.parse(person ?? '')).toMatchObject({ person_id: 'ann' });
    expect(sessions.join('\n')).toMatch(/^s1 +greeter +v1 +ann +1 +9 +2 /m);
  });
});
