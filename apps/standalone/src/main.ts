import 'reflect-metadata';
import { readSettings, runService } from '@logbook/config';
import { startStandalone } from './start-standalone.js';

/** Gateway and projector in one process, on whichever drivers the environment names: `npm start`. */
await runService('logbook', async ({ stopping }) => {
  const server = await startStandalone({ settings: readSettings('standalone'), stopping });
  process.stdout.write(`Logbook takes events on ${server.url} and opens its projections\n`);
  // A failure reaches `failed`, which ends the process with the reason.
  server.following.then(() => process.stdout.write(server.greeting)).catch(() => undefined);
  return server;
});
