/**
 * Runs after `npm ci`: builds, so that the first `npm start` need not. Where the compiler was left out
 * (`--omit=dev`, in an image that brings its build along) there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
let compiler;
try {
  compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
} catch {
  process.exit(0);
}
process.exit(
  spawnSync(process.execPath, [compiler, '-b', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' }).status ?? 1,
);
