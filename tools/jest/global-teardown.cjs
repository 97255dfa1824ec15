const { once } = require('node:events');

const STOP_TIMEOUT_MS = 30_000;

/** Stops what the set-up started, and only that. */
module.exports = async () => {
  const stack = globalThis.logbookStack;
  if (stack === undefined) return;
  globalThis.logbookStack = undefined;
  if (stack.exitCode !== null || stack.signalCode !== null) return;
  const ended = once(stack, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
  stack.kill('SIGTERM');
  await ended.catch((error) => {
    stack.kill('SIGKILL');
    throw new Error(`the test services did not stop within ${STOP_TIMEOUT_MS} ms`, { cause: error });
  });
};
