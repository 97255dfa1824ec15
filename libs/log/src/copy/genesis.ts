import { decodeMessage, offset, type LogCreated } from '@logbook/contracts';
import type { Log } from '@logbook/core';

/** `control` alone is prepared with these: what the others have, its first message says. */
const CONTROL_ALONE = { control: 1, commands: 1, events: 1, 'dead-letters': 1 };

/** Prepares `control` and reads its first message; `undefined` where there is none, or where it is no genesis. */
export async function readGenesis(log: Log): Promise<LogCreated | undefined> {
  await log.prepare({ topics: ['control'], partitions: CONTROL_ALONE });
  const stored = await log.read({ topic: 'control', partition: 0, offset: offset(0) });
  const decoded = stored === undefined ? undefined : decodeMessage(stored);
  return decoded?.outcome === 'DECODED' && decoded.message.type === 'com.logbook.log.created.v1'
    ? decoded.message
    : undefined;
}
