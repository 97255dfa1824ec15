import 'reflect-metadata';
import { readSettings, runService } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS } from '@logbook/contracts';
import { ControlCommands, ControlFollower, openLog } from '@logbook/log';
import { createLogger, driverLogger, Metrics } from '@logbook/observability';
import { openStore } from '@logbook/store';
import { startGateway } from './start-gateway.js';

const SOURCE = 'logbook/gateway';

/** The gateway as a service of its own: Kafka and Postgres shared with projectors that run elsewhere. */
await runService('logbook gateway', async () => {
  const settings = readSettings('gateway');
  const logger = createLogger({ level: settings.logLevel, service: 'gateway' });
  const log = await openLog({ ...settings.log, messageBytesMax: settings.eventBytesMax, clientId: SOURCE, logger: driverLogger(logger) });
  const control = await ControlFollower.open({ log, source: SOURCE, partitions: DEFAULT_PARTITION_COUNTS });
  if (settings.bootstrapApiKey !== null) {
    await new ControlCommands(control, SOURCE).issueKey({
      tenant: 'default',
      name: 'bootstrap',
      key: settings.bootstrapApiKey,
    });
  }
  const store = await openStore({
    ...settings.store,
    onError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  const metrics = new Metrics({ defaults: true });
  const gateway = await startGateway({ settings, log, control, store, logger, metrics });
  process.stdout.write(`Logbook gateway listens on ${gateway.url}\n`);
  return {
    failed: control.ended.then(() => new Promise<never>(() => undefined)),
    stop: async () => {
      await gateway.stop();
      await control.stop();
      await log.close();
      await store.close();
    },
  };
});
