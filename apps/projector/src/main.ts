import 'reflect-metadata';
import { readSettings, runService } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS } from '@logbook/contracts';
import { answersSoon, ControlFollower, openLog } from '@logbook/log';
import { createLogger, driverLogger, measurePool, Metrics, serveHealth, startTracing } from '@logbook/observability';
import { openStore } from '@logbook/store';
import { generationsCheck } from './generations-check.js';
import { SOURCE } from './projection-of.js';
import { startProjector, type RunningProjector } from './start-projector.js';

/** The projector as a service of its own. Several may run; they share the partitions. */
await runService('logbook projector', async ({ stopping }) => {
  const settings = readSettings('projector');
  const logger = createLogger({ level: settings.logLevel, service: 'projector' });
  const tracing = await startTracing({ settings: settings.tracing, service: 'projector', logger });
  const log = await openLog({
    ...settings.log,
    messageBytesMax: settings.eventBytesMax,
    clientId: SOURCE,
    logger: driverLogger(logger),
  });
  const control = await ControlFollower.open({ log, source: SOURCE, partitions: DEFAULT_PARTITION_COUNTS });
  const store = await openStore({
    ...settings.store,
    onError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  const metrics = new Metrics({ defaults: true });
  // Health is served while the projector still waits for a store that is away.
  const running: { projector?: RunningProjector; failure?: string } = {};
  const health = await serveHealth({
    host: settings.http.host,
    port: settings.projectorPort,
    metrics,
    measure: () => measurePool(metrics, store.pool),
    failure: () => running.failure,
    check: async () => ({
      log: { up: await answersSoon(log.ping()) },
      store: { up: await answersSoon(store.ping()) },
      generations: generationsCheck(running.projector?.states()),
    }),
  });
  const { logId } = control.log;
  const projector = await startProjector({ log, logId, control, store, logger, metrics, tracing, stopping });
  running.projector = projector;
  projector.failed.catch(
    (error: unknown) => (running.failure = error instanceof Error ? error.message : String(error)),
  );
  process.stdout.write(
    `Logbook projector follows ${projector.generation.name}; health on ${health.url}/health/ready\n`,
  );
  return {
    failed: Promise.race([projector.failed, control.ended.then(() => new Promise<never>(() => undefined))]),
    stop: async () => {
      await projector.stop();
      await tracing?.close();
      await health.close();
      await control.stop();
      await log.close();
      await store.close();
    },
  };
});
