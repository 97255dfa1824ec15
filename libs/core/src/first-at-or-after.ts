import { sentAtMs, type Offset, type StoredMessage } from '@logbook/contracts';
import type { Log, ScanOptions } from './log.port.js';

/**
 * The offset of the first message in [from, to) that is not earlier than a time, in Unix milliseconds; `to` if there is none.
 * Every message up to it is read: no driver can say more of the times of messages (docs/decisions/0025).
 */
export async function firstAtOrAfter(log: Pick<Log, 'scan'>, scan: ScanOptions, timeMs: number): Promise<Offset> {
  if (scan.from === scan.to) return scan.to;
  for await (const { messages } of log.scan(scan)) {
    const found = messages.find((message) => isAtOrAfter(message, timeMs));
    if (found !== undefined) return found.offset;
  }
  return scan.to;
}

/** A message whose time cannot be read is poison, and of no time: it is never found. */
function isAtOrAfter(message: StoredMessage, timeMs: number): boolean {
  const own = sentAtMs(message);
  return own !== undefined && own >= timeMs;
}
