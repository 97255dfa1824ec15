import 'reflect-metadata';
import { readSettings, runService } from '@logbook/config';
import type { LogId } from '@logbook/contracts';
import { StoreMismatchError } from '@logbook/core';
import { ControlCommands, type ControlFollower, openLog } from '@logbook/log';
import { createLogger, driverLogger, Metrics, startTracing } from '@logbook/observability';
import { Generations, openStore, type Store } from '@logbook/store';
import { openIntake } from './open-intake.js';
import { startGateway } from './start-gateway.js';

const SOURCE = 'logbook/gateway';

/** The gateway as a service of its own: Kafka and Postgres shared with projectors that run elsewhere. */
await runService('logbook gateway', async () => {
  const settings = readSettings('gateway');
  const logger = createLogger({ level: settings.logLevel, service: 'gateway' });
  const tracing = await startTracing({ settings: settings.tracing, service: 'gateway', logger });
  const log = await openLog({
    ...settings.log,
    messageBytesMax: settings.eventBytesMax,
    clientId: SOURCE,
    logger: driverLogger(logger),
  });
  const metrics = new Metrics({ defaults: true });
  const intake = await openIntake({ settings, log, source: SOURCE, logger, metrics });
  const { control } = intake;
  if (settings.bootstrapApiKey !== null) {
    const issued = issueBootstrapKey(control, settings.bootstrapApiKey);
    // While the log is away the copy knows the key from an earlier start; a new one is issued when the log is back.
    if (control.connected) await issued;
    else issued.catch((error: unknown) => logger.error({ err: error }, 'the bootstrap key could not be issued'));
  }
  const store = await openStore({
    ...settings.store,
    // A frozen server is silent; a read that waits for it is answered 503 like one that waits for the projection.
    statementTimeoutMs: settings.readWaitMs,
    onError: (error) => logger.warn({ err: error }, 'a connection to Postgres broke'),
  });
  const gateway = await startGateway({ settings, log, intake, store, logger, metrics, tracing });
  process.stdout.write(`Logbook gateway listens on ${gateway.url}\n`);
  return {
    failed: Promise.race([control.ended.then(never), refusedStore(store, control.log.logId)]),
    stop: async () => {
      await gateway.stop();
      await tracing?.close();
      await intake.close();
      await log.close();
      await store.close();
    },
  };
});

async function issueBootstrapKey(control: ControlFollower, key: string): Promise<void> {
  await control.whenConnected;
  await new ControlCommands(control, SOURCE).issueKey({ tenant: 'default', name: 'bootstrap', key });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Rejects where the database belongs to another log. Events do not wait for the answer, and one that is away gives none:
 * reads look at the log's id themselves.
 */
async function refusedStore(store: Store, logId: LogId): Promise<never> {
  try {
    await new Generations(store).requireLog(logId);
  } catch (error) {
    if (error instanceof StoreMismatchError) throw error;
  }
  return never();
}
