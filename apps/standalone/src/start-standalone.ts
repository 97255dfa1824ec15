import { DataDirectory, type RunningService, type Settings } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import { startGateway } from '@logbook/gateway';
import { ControlCommands, ControlFollower, openLog } from '@logbook/log';
import { createLogger, driverLogger, type Logger, Metrics } from '@logbook/observability';
import { startProjector } from '@logbook/projector';
import { openStore, type Store } from '@logbook/store';
import { firstApiKey } from './first-api-key.js';
import { greeting } from './greeting.js';
import { Teardown } from './teardown.js';

const SOURCE = 'logbook/standalone';

export interface StandaloneOptions {
  readonly settings: Settings;
  readonly stopping: AbortSignal;
}

export interface StandaloneServer extends RunningService {
  readonly url: string;
  /** What a person reads once everything runs: the address, the key, a first request. */
  readonly greeting: string;
}

/**
 * Opens everything in the order of dependence and closes it in the opposite one. When the projector halts, the gateway
 * goes on taking events (they are safe in the log) and liveness turns red, so that whoever watches restarts the process.
 */
export async function startStandalone({ settings, stopping }: StandaloneOptions): Promise<StandaloneServer> {
  const logger = createLogger({ level: settings.logLevel, service: 'standalone' });
  const metrics = new Metrics({ defaults: true });
  const teardown = new Teardown();
  try {
    const directory = DataDirectory.claim(settings.dataDir);
    teardown.add(() => directory.release());
    // The two slow openings do not depend on each other.
    const [log, store] = await Promise.all([
      openLog({ ...settings.log, messageBytesMax: settings.eventBytesMax, clientId: SOURCE, logger: driverLogger(logger) }),
      openProjections(settings, logger),
    ]);
    teardown.add(() => store.close());
    teardown.add(() => log.close());
    if (store.address !== undefined) directory.publish({ url: store.address.url });
    const partitions = settings.log.kind === 'kafka' ? DEFAULT_PARTITION_COUNTS : EMBEDDED_PARTITION_COUNTS;
    const control = await ControlFollower.open({ log, source: SOURCE, partitions });
    teardown.add(() => control.stop());
    directory.bind(control.log.logId);
    const commands = new ControlCommands(control, SOURCE);
    const apiKey = await firstApiKey({ settings, directory, control, commands });

    let halted: Error | undefined;
    const companions = () => ({
      projector: halted === undefined ? { up: true } : { up: false, problem: halted.message },
    });
    const gateway = await startGateway({ settings, log, control, store, logger, metrics, companions });
    teardown.add(() => gateway.stop());
    const projector = await startProjector({
      log,
      logId: control.log.logId,
      store,
      logger,
      metrics,
      stopping,
      onCommitted: gateway.onCommitted,
    });
    teardown.add(() => projector.stop());
    projector.failed.catch((error: Error) => {
      halted = error;
      logger.fatal({ err: error }, 'the projector halted; events are still taken, reads are not answered any further');
    });
    return {
      url: gateway.url,
      greeting: greeting({ url: gateway.url, apiKey, settings }),
      failed: control.ended.then(() => new Promise<never>(() => undefined)),
      stop: () => teardown.run(),
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

function openProjections(settings: Settings, logger: Logger): Promise<Store> {
  return openStore({
    ...settings.store,
    onError: (error) => logger.error({ err: error }, 'the connection to the projections broke'),
    onRebuilt: (rebuilt) => logger.warn({ rebuilt }, 'the embedded projections could not be opened and are folded again'),
  });
}
