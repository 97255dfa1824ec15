/** `npm run lint`: ESLint with the project graph it needs, then Prettier. Arguments are the files to lint. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeProjectGraph } from './project-graph.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

function run(name, program, args) {
  const path = join(dirname(require.resolve(`${name}/package.json`)), program);
  return spawnSync(process.execPath, [path, ...args], { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

await writeProjectGraph();
const files = process.argv.length > 2 ? process.argv.slice(2) : ['.'];
const linted = run('eslint', 'bin/eslint.js', ['--max-warnings', '0', ...files]);
const formatted = run('prettier', 'bin/prettier.cjs', ['--check', '--log-level', 'warn', ...files]);
process.exit(linted && formatted ? 0 : 1);
