/**
 * A process for tests of durability: puts one message after the other into the spool under the directory given as its
 * argument, and drains it meanwhile. Prints `put <id>` once a message is acknowledged and `took <id>` when it would have
 * given one to the log, before it removes it, until it is killed.
 */
import { logId } from '@logbook/contracts';
import { Spool } from '../spool/spool.js';
import { writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
const [dir = '', label = '', log = ''] = process.argv.slice(2);
const spool = await Spool.open({ dir, logId: logId(log), bytesMax: 64 * 1024 * 1024, messageBytesMax: 1024 });
const say = (what: string, id: string): void => void writeSync(STANDARD_OUTPUT, `${what} ${id}\n`);

const putting = async (): Promise<never> => {
  for (let count = 0; ; count += 1) {
    const id = `${label}-${count}`;
    await spool.put('events', [{ key: 'key', headers: { ce_id: id }, value: Buffer.from(id) }]);
    say('put', id);
  }
};
const draining = async (): Promise<never> => {
  for (;;) {
    const batch = spool.next({ messagesMax: 7, bytesMax: 4096 });
    for (const { message } of batch?.entries ?? []) say('took', message.headers['ce_id'] ?? '');
    if (batch !== undefined) await spool.remove(batch);
    await new Promise((resolve) => setImmediate(resolve));
  }
};
await Promise.all([putting(), draining()]);
