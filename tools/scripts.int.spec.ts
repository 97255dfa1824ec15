import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('npm scripts', () => {
  it('offer every command of the operator', () => {
    const commands = [
      'start',
      'test',
      'stack',
      'gateway',
      'projector',
      'usage',
      'logbook',
      'smoke',
      'bench',
      'determinism',
      'simulate',
    ];
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(commands));
  });

  it('refuse a run of determinism that does not say how many histories', async () => {
    const program = spawn(process.execPath, [join(ROOT, 'tools/determinism.mjs')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = createInterface({ input: program.stderr });
    const [[line], [code]] = (await Promise.all([once(said, 'line'), once(program, 'exit')])) as [[string], [number]];
    expect({ line, code }).toEqual({ line: '--runs must be a whole number from 1 to 1000000', code: 2 });
  });

  it('refuse a simulation that does not say how many seeds', async () => {
    const program = spawn(process.execPath, [join(ROOT, 'tools/simulate.mjs')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = createInterface({ input: program.stderr });
    const [[line], [code]] = (await Promise.all([once(said, 'line'), once(program, 'exit')])) as [[string], [number]];
    expect({ line, code }).toEqual({ line: 'give --seeds or --seed', code: 2 });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'end what they started when npm alone gets %s',
    async (signal) => {
      const args = ['run', '--silent', 'stack', '--', '--ports', 'free', '--without', 'kafka', '--without', 'postgres'];
      const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = Promise.all([once(npm, 'exit'), once(npm.stdout, 'close')]);
      const [line] = (await once(createInterface({ input: npm.stdout }), 'line')) as [string];
      const port = Number(/^export REDIS_URL=redis:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1] ?? fail(line));
      await connected(port);
      npm.kill(signal);
      await ended;
      await expect(connected(port)).rejects.toThrow('ECONNREFUSED');
    },
    60_000,
  );
});

function fail(line: string): never {
  throw new Error(`the stack did not start: ${line}`);
}

async function connected(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
