import type { EncodedMessage } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { describeAppending } from './testing/appending.contract.js';
import { describeConsuming } from './testing/consuming.contract.js';
import { CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from './testing/contract-settings.js';
import { describeFeed } from './testing/feed.contract.js';
import { describeGroupPlaces } from './testing/group-places.contract.js';
import { describeHalting } from './testing/halting.contract.js';
import { describeScanning } from './testing/scanning.contract.js';

/** One driver over one fresh log. */
export interface LogUnderTest {
  readonly log: Log;
  /** Another client of the same log, as another process would be; not yet prepared. The test closes it. */
  openAnother(): Promise<Log>;
  /** Closes `log` and removes what is left. */
  release(): Promise<void>;
}

export const message = (key: string, value: string | Buffer, headers: Record<string, string> = {}): EncodedMessage => ({
  key,
  headers: { ce_id: 'id', ...headers },
  value: Buffer.from(value),
});

/** Prepares every topic as a start-up does: `control` first, then the rest. */
export async function prepareAll(log: Log): Promise<void> {
  await log.prepare({ topics: ['control'], partitions: CONTRACT_PARTITIONS });
  await log.prepare({ topics: ['commands', 'events', 'dead-letters'], partitions: CONTRACT_PARTITIONS });
}

/** What every driver of the `Log` port promises. `open` gives each test a log of its own. */
export function describeLogContract(driver: string, open: () => Promise<LogUnderTest>): void {
  describe(`the log contract on ${driver}`, () => {
    let current: LogUnderTest;
    beforeEach(async () => {
      current = await open();
      await prepareAll(current.log);
    }, CONTRACT_TIMEOUT_MS);
    afterEach(() => current.release(), CONTRACT_TIMEOUT_MS);

    describeAppending(() => current);
    describeScanning(() => current);
    describeConsuming(() => current);
    describeGroupPlaces(() => current);
    describeFeed(() => current);
    describeHalting(() => current);
  });
}
