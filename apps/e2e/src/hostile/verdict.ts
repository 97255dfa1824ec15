import type { WireAnswer } from './exchange.js';

/** Words of stack traces, of our insides and of what we stand on; none belongs in an answer. */
const INTERNALS = /node_modules|\n\s+at |\.[jt]s:\d|ECONN|kafka|postgres|redis|lmdb|typeorm|fastify|nestjs/i;
const ENVELOPE = /^\{"type":"([a-z-]+)","detail":\{"type":"\1","message":"/;

/** What is wrong with an answer to a hostile request; empty for a success, or a refusal in the envelope. */
export function faultsOf({ status, head, body }: WireAnswer, { isHead = false } = {}): string[] {
  const faults: string[] = [];
  if (status >= 500) faults.push(`status ${status}`);
  if (!/^x-content-type-options: nosniff$/im.test(head)) faults.push('no security headers');
  if (status < 400) return faults;
  if (!/^content-type: application\/json/im.test(head)) faults.push('the refusal is not JSON');
  if (!isHead && !ENVELOPE.test(body)) faults.push('the refusal has no envelope');
  if (INTERNALS.test(body)) faults.push('the refusal tells of our insides');
  return faults;
}
