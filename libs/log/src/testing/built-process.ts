import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A process of this library that tests may kill. */
export interface BuiltProcess {
  /** SIGKILL; resolves when everything it printed was read. Idempotent. */
  kill(): Promise<void>;
}

/** Starts a script of `dist/testing`: a child process runs built code, the transformer of the tests is not there. */
export function startBuiltProcess(
  script: string,
  { args, onLine }: { args: readonly string[]; onLine: (line: string) => void },
): BuiltProcess {
  if (!existsSync(script)) throw new Error(`${script} is missing; run \`npm run build\` first`);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', onLine);
  const read = once(lines, 'close');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await read;
    },
  };
}
