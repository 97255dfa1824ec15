import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { freePort, isFree } from '../services/ports.js';

// A program is run as it is built; npm test builds first.
const PROGRAM = join(__dirname, '../../dist/stack/main.js');
const ONLY_REDIS = ['--ports', 'free', '--without', 'kafka', '--without', 'postgres'];

type Stack = ChildProcessByStdio<Writable, Readable, Readable>;

const start = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): Stack =>
  spawn(process.execPath, [PROGRAM, ...args], { env, stdio: 'pipe' });

async function redisPort(stack: Stack): Promise<number> {
  const [line] = (await once(createInterface({ input: stack.stdout }), 'line')) as [string];
  return Number(/redis:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
}

describe('the stack program', () => {
  jest.setTimeout(60_000);

  it('prints one line of JSON, and on SIGTERM stops everything and ends with 0', async () => {
    const stack = start([...ONLY_REDIS, '--json']);
    const ended = once(stack, 'exit');
    const port = await redisPort(stack);
    await expect(isFree(port)).resolves.toBe(false);
    stack.kill('SIGTERM');
    await expect(ended).resolves.toEqual([0, null]);
    await expect(isFree(port)).resolves.toBe(true);
  });

  it('stops when its standard input ends, so that no server outlives whoever started it', async () => {
    const stack = start([...ONLY_REDIS, '--until-stdin-ends']);
    const ended = once(stack, 'exit');
    const port = await redisPort(stack);
    stack.stdin.end();
    await expect(ended).resolves.toEqual([0, null]);
    await expect(isFree(port)).resolves.toBe(true);
  });

  it('says in one line which port is in use', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const stack = start(['--redis-port', String(port), '--without', 'kafka', '--without', 'postgres']);
    const [said, [code]] = await Promise.all([text(stack.stderr), once(stack, 'exit')]);
    server.close();
    expect(said).toContain(`stack: in use: port ${port} (--redis-port)`);
    expect(code).toBe(1);
  });

  it('says in one line that Java is missing, and what to install', async () => {
    const stack = start(['--ports', 'free', '--without', 'postgres', '--without', 'redis'], { PATH: '/nonexistent' });
    const [said, [code]] = await Promise.all([text(stack.stderr), once(stack, 'exit')]);
    expect(said).toMatch(/^stack: Kafka needs Java 17 or newer: install .*`java` is on the PATH.*$/m);
    expect(code).toBe(1);
  });

  it('explains itself', async () => {
    const stack = start(['--help']);
    const [said, [code]] = await Promise.all([text(stack.stdout), once(stack, 'exit')]);
    expect(said).toMatch(/^Usage: npm run stack/);
    expect(code).toBe(0);
  });
});
