/**
 * A process for tests of durability: appends one message after the other to the embedded log in the directory
 * given as its argument and prints each offset once it was acknowledged, until it is killed.
 */
import { once } from 'node:events';
import { openEmbeddedLog } from '../embedded/embedded.log.js';

const [dir = '', label = 'child'] = process.argv.slice(2);
const log = await openEmbeddedLog({ dir, messageBytesMax: 1024 });
await log.prepare({ topics: ['control'], partitions: { control: 1, commands: 1, events: 1, 'dead-letters': 1 } });
for (let count = 0; ; count += 1) {
  const [position] = await log.append('control', [
    { key: label, headers: {}, value: Buffer.from(`${label} ${count}`) },
  ]);
  if (!process.stdout.write(`${position?.offset} ${label} ${count}\n`)) await once(process.stdout, 'drain');
}
