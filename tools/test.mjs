/**
 * `npm test`: every test of every project, ending with the line `N passed, N failed` (`, N skipped` where some are)
 * out of jest's own results. Arguments go to jest; `--without-services` starts no servers. `*.slow.*.spec.ts` (crashes,
 * restarts, rebalances: minutes of waiting for processes) run with `--slow` and only then.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LINGER_MS_MAX = 20_000;
const SLOW_SUITES = String.raw`\.slow\.(int|e2e)\.spec\.ts$`;
// The option takes the place of what the projects' own configuration ignores.
const NEVER_SUITES = ['/node_modules/', '/boundaries/fixture/'];

const args = process.argv.slice(2);
const withoutServices = args.includes('--without-services');
const slow = args.includes('--slow');
const OWN_ARGUMENTS = ['--without-services', '--slow'];
const folder = mkdtempSync(join(tmpdir(), 'logbook-results-'));
const file = join(folder, 'results.json');

const jest = spawn(
  process.execPath,
  [
    createRequire(import.meta.url).resolve('jest/bin/jest'),
    ...args.filter((argument) => !OWN_ARGUMENTS.includes(argument)),
    ...(slow ? ['--testPathPatterns', SLOW_SUITES] : ['--testPathIgnorePatterns', SLOW_SUITES, ...NEVER_SUITES]),
    // Tests wait for processes and servers more than they compute, the slow ones most, also on two cores, where one worker would be the default.
    ...(args.some((argument) => /^(--maxWorkers|-w|--runInBand|-i)\b/.test(argument))
      ? []
      : [`--maxWorkers=${slow ? 3 : 2}`]),
    '--json',
    `--outputFile=${file}`,
  ],
  {
    cwd: ROOT,
    // Its report goes to standard error; standard output would only repeat the results.
    stdio: ['inherit', 'ignore', 'inherit'],
    env: withoutServices ? { ...process.env, LOGBOOK_TEST_SERVICES: 'none' } : process.env,
  },
);
// A terminal sends Ctrl-C to jest too; it stops its services and ends, and we report what it did.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => jest.kill('SIGTERM'));

let lingered = false;
const watch = setInterval(() => {
  if (!existsSync(file)) return;
  clearInterval(watch);
  setTimeout(() => {
    lingered = true;
    jest.kill('SIGTERM');
  }, LINGER_MS_MAX).unref();
}, 500);
const [code] = await once(jest, 'exit');
clearInterval(watch);

const { passed, failed, skipped } = totals(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
rmSync(folder, { recursive: true });
if (lingered) process.stderr.write(`a test left something running: jest did not end within ${LINGER_MS_MAX} ms\n`);
const problems = failed + (lingered ? 1 : 0);
process.stdout.write(`${passed} passed, ${problems} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(problems === 0 && code === 0 ? 0 : 1);

/** A suite that did not even run is one failure, and so is a run without results. */
function totals(results) {
  if (results === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}
