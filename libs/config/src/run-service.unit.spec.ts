import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const BUILT = pathToFileURL(join(__dirname, '../dist/run-service.js')).href;

/** Runs a service in a process of its own, `body` being its start, and tells how that ended. */
async function ending(body: string): Promise<{ code: number | null; said: string }> {
  const program = `import { runService } from ${JSON.stringify(BUILT)};
    const forever = new Promise(() => setInterval(() => undefined, 1_000));
    await runService('a service', async () => (${body}), { failedStopMsMax: 200 });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

describe('a service that cannot go on', () => {
  it('is stopped, and its process ends with exit code 1 and the reason', async () => {
    const { code, said } = await ending(`{
      failed: Promise.reject(new Error('it halted')),
      stop: async () => process.stdout.write('stopped\\n'),
    }`);
    expect(code).toBe(1);
    expect(said).toMatch(/^stopped\na service: .*it halted/);
  });

  it('ends its process also where it cannot be stopped', async () => {
    const { code, said } = await ending(`{ failed: Promise.reject(new Error('it halted')), stop: () => forever }`);
    expect(code).toBe(1);
    expect(said).toMatch(/^a service: .*it halted/);
  });
});
