const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { createInterface } = require('node:readline');

const STACK = join(__dirname, '../../libs/testing/dist/stack/main.js');
const VARIABLES = [
  { service: 'kafka', test: 'LOGBOOK_TEST_KAFKA_BROKERS', stack: 'KAFKA_BROKERS' },
  { service: 'postgres', test: 'LOGBOOK_TEST_DATABASE_URL', stack: 'DATABASE_URL' },
  { service: 'redis', test: 'LOGBOOK_TEST_REDIS_URL', stack: 'REDIS_URL' },
];

/**
 * Starts the services that the environment does not name, once for all projects of a run (jest calls a set-up
 * once, however many projects name it), and tells the workers where they are. LOGBOOK_TEST_SERVICES=none
 * starts nothing: unit tests need none.
 */
module.exports = async () => {
  if (process.env.LOGBOOK_TEST_SERVICES === 'none') return;
  const missing = VARIABLES.filter(({ test }) => !process.env[test]);
  if (missing.length === 0 || globalThis.logbookStack !== undefined) return;
  if (!existsSync(STACK)) throw new Error(`${STACK} is missing: run npm run build first`);
  const without = VARIABLES.filter((variable) => !missing.includes(variable)).flatMap(({ service }) => [
    '--without',
    service,
  ]);
  const args = [STACK, '--json', '--ports', 'free', '--no-fsync', '--until-stdin-ends', ...without];
  // The pipe to its standard input closes with this process, however that ends, and then the services end too.
  const stack = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  globalThis.logbookStack = stack;
  const addresses = await firstLine(stack);
  for (const { test, stack: name } of missing) process.env[test] = addresses[name];
};

/** The program's one line of JSON, or an error that says what it said. */
function firstLine(stack) {
  return new Promise((resolve, reject) => {
    let said = '';
    stack.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4_000)));
    stack.once('error', reject);
    stack.once('close', () => reject(new Error(`the test services did not start:\n${said}`)));
    createInterface({ input: stack.stdout }).once('line', (line) => resolve(JSON.parse(line)));
  });
}
