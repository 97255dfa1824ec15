import { offset } from '@logbook/contracts';
import { LogUnavailableError, type Log } from '@logbook/core';
import { startOffset } from './start.js';

describe('startOffset', () => {
  it('takes an interrupted look for a time for no answer, least of all for the end', async () => {
    const abort = new AbortController();
    const log = {
      starts: () => Promise.resolve([offset(0)]),
      ends: () => Promise.resolve([offset(9)]),
      // As the port says: an aborted scan ends quietly.
      scan: () => {
        abort.abort();
        return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) };
      },
    } as unknown as Log;
    const looking = startOffset(
      log,
      { topic: 'events', partition: 0 },
      { start: { time: new Date(0) }, signal: abort.signal },
    );
    await expect(looking).rejects.toThrow(LogUnavailableError);
  });
});
