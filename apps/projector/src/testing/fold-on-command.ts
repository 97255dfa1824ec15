/**
 * A projector for tests that kill it: loads everything, then folds the embedded log into the database that its environment
 * names once a line comes in on standard input, and says `folding` when it follows the log. Ends in good order when its
 * standard input does. Waiting loaded, it dies within its work and not within the second that loading takes.
 */
import 'reflect-metadata';
import { once } from 'node:events';
import { readSettings } from '@logbook/config';
import { EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import { ControlFollower, openEmbeddedLog } from '@logbook/log';
import { createLogger, Metrics } from '@logbook/observability';
import { openStore } from '@logbook/store';
import { startProjector } from '../start-projector.js';

const SOURCE = 'logbook/test';

const settings = readSettings('cli');
const logger = createLogger({ level: settings.logLevel, service: 'projector' });
process.stdout.write('loaded\n');
await once(process.stdin, 'data');
if (settings.log.kind !== 'embedded') throw new Error('this projector is for the embedded log');
const log = await openEmbeddedLog({
  dir: settings.log.dir,
  messageBytesMax: settings.eventBytesMax,
  // What the test appends is folded at once, a few messages a transaction.
  pollMs: 2,
});
const control = await ControlFollower.open({ log, source: SOURCE, partitions: EMBEDDED_PARTITION_COUNTS });
const store = await openStore(settings.store);
const stopping = new AbortController();
const projector = await startProjector({
  log,
  logId: control.log.logId,
  control,
  store,
  logger,
  metrics: new Metrics({ defaults: false }),
  stopping: stopping.signal,
});
process.stdout.write('folding\n');
await Promise.race([once(process.stdin.resume(), 'end'), projector.failed]);
stopping.abort();
await projector.stop();
await control.stop();
await log.close();
await store.close();
