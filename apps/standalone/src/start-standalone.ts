import { DataDirectory, type RunningService, type Settings } from '@logbook/config';
import { openIntake, startGateway } from '@logbook/gateway';
import { ControlCommands, openLog } from '@logbook/log';
import { createLogger, driverLogger, type Logger, Metrics, startTracing, type Tracing } from '@logbook/observability';
import { openStoreInBackground, type OpeningStore } from '@logbook/store';
import { CompanionProjector } from './companion-projector.js';
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
  /** What a person reads: the address, the key, a first request. Right once `following` has resolved. */
  readonly greeting: string;
  /** Resolves when the projections follow the log; events are taken before that. */
  readonly following: Promise<void>;
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
    const tracing = await openTracing({ settings, logger, teardown });
    const directory = DataDirectory.claim(settings.dataDir);
    teardown.add(() => directory.release());
    // Opening the embedded projections takes seconds, and taking events needs only the log.
    const opening = await openProjections(settings, logger);
    teardown.add(() => opening.store.close());
    const log = await openLog({
      ...settings.log,
      messageBytesMax: settings.eventBytesMax,
      clientId: SOURCE,
      logger: driverLogger(logger),
    });
    teardown.add(() => log.close());
    const intake = await openIntake({ settings, log, source: SOURCE, logger, metrics });
    teardown.add(() => intake.close());
    const { control } = intake;
    directory.bind(control.log.logId);
    const commands = new ControlCommands(control, SOURCE);
    const apiKey = await firstApiKey({ settings, directory, control, commands });

    const gateway = await startGateway({
      settings,
      log,
      intake,
      store: opening.store,
      logger,
      metrics,
      tracing,
      companions: () => ({ projector: projector.health() }),
    });
    teardown.add(() => gateway.stop());
    const projector = new CompanionProjector({
      log,
      logId: control.log.logId,
      control,
      logAnswers: control.whenConnected,
      opening,
      logger,
      metrics,
      tracing,
      stopping,
      onCommitted: gateway.onCommitted,
      onListening: (address) => directory.publish(address),
    });
    teardown.add(() => projector.stop());
    return {
      url: gateway.url,
      following: projector.following,
      greeting: greeting({ url: gateway.url, apiKey, settings }),
      failed: Promise.race([projector.refused, control.ended.then(() => new Promise<never>(() => undefined))]),
      stop: () => teardown.run(),
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function openTracing(opened: {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly teardown: Teardown;
}): Promise<Tracing | undefined> {
  const { settings, logger, teardown } = opened;
  const tracing = await startTracing({ settings: settings.tracing, service: 'standalone', logger });
  if (tracing !== undefined) teardown.add(() => tracing.close());
  return tracing;
}

function openProjections(settings: Settings, logger: Logger): Promise<OpeningStore> {
  return openStoreInBackground({
    ...settings.store,
    onError: (error) => logger.error({ err: error }, 'the connection to the projections broke'),
    onRebuilt: (rebuilt) =>
      logger.warn({ rebuilt }, 'the embedded projections could not be opened and are folded again'),
  });
}
