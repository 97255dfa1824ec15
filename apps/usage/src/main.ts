import 'reflect-metadata';
import { readSettings, runService } from '@logbook/config';
import { createLogger, driverLogger, measurePool, Metrics, nestLogger, serveHealth } from '@logbook/observability';
import { openStore } from '@logbook/store';
import { connectLog, LogTransport } from '@logbook/subscriber';
import { NestFactory } from '@nestjs/core';
import { GROUP } from './group.js';
import { healthOf } from './health.js';
import { receiveUsage, UsageModule } from './usage.module.js';

/** The usage service. Several may run; they share the partitions. */
await runService('logbook usage', async () => {
  const settings = readSettings('usage');
  const logger = createLogger({ level: settings.logLevel, service: 'usage' });
  const { log, logId } = await connectLog({
    location: settings.log,
    clientId: 'logbook/usage',
    messageBytesMax: settings.eventBytesMax,
    logger: driverLogger(logger),
  });
  const store = await openStore({
    ...settings.store,
    onError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  const metrics = new Metrics({ defaults: true });
  const transport = new LogTransport({
    log,
    group: GROUP,
    receive: receiveUsage({ store, logId }, { metrics, logger: driverLogger(logger) }),
  });
  // Health is served while Postgres is still waited for.
  const health = await serveHealth({
    host: settings.http.host,
    port: settings.usagePort,
    metrics,
    measure: () => measurePool(metrics, store.pool),
    failure: () => transport.health().reason,
    check: () => healthOf({ log, store, transport }),
  });
  const app = await NestFactory.createMicroservice(UsageModule, { strategy: transport, logger: nestLogger(logger) });
  await app.listen();
  process.stdout.write(`Logbook usage counts what is recorded; health on ${health.url}/health/ready\n`);
  return {
    failed: transport.ended.then(() => new Promise<never>(() => undefined)),
    stop: async () => {
      await app.close();
      await health.close();
      await log.close();
      await store.close();
    },
  };
});
