import 'reflect-metadata';
import { readSettings, runService } from '@logbook/config';
import { startStandalone } from './start-standalone.js';

/** Gateway and projector in one process, on whichever drivers the environment names: `npm start`. */
await runService('logbook', async ({ stopping }) => {
  const server = await startStandalone({ settings: readSettings('standalone'), stopping });
  process.stdout.write(server.greeting);
  return server;
});
