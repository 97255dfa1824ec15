import { setTimeout as delay } from 'node:timers/promises';
import { FOLDED_TOPICS, type LogId } from '@logbook/contracts';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { DependencyUnavailableError, type Log } from '@logbook/core';
import { nestLogger, type Logger, type Metrics } from '@logbook/observability';
import { BatchWriter, Generations, type Generation, type Store } from '@logbook/store';
import { LogTransport } from '@logbook/subscriber';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ProjectionController } from './projection.controller.js';
import { Projection } from './projection.js';

export interface ProjectorOptions {
  readonly log: Log;
  readonly logId: LogId;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Ends the wait for a store that is away. */
  readonly stopping: AbortSignal;
  readonly onCommitted?: () => void;
}

export interface RunningProjector {
  readonly generation: Generation;
  /** Rejects when a topic halted: nothing is projected any more. */
  readonly failed: Promise<never>;
  /** Finishes the batches under way, leaves the group. */
  stop(): Promise<void>;
}

/** How often a store that is away is tried again at the start. */
const STORE_RETRY_MS = 1_000;

@Module({})
class ProjectorModule {
  static with(projection: Projection): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: [ProjectionController],
      providers: [{ provide: Projection, useValue: projection }],
    };
  }
}

/** Follows the live generation, making it first where there is none. Waits for a store that is away. */
export async function startProjector(options: ProjectorOptions): Promise<RunningProjector> {
  const { log, store, logger, metrics, onCommitted } = options;
  const ensureLive = liveGenerationOf(options);
  const generation = await onceStoreAnswers(ensureLive, options);
  const generationId = await onceStoreAnswers(() => new Generations(store).idOf(generation), options);
  const projection = new Projection({
    generation,
    ensureTables: ensureLive,
    writer: new BatchWriter(store),
    metrics,
    logger,
    onCommitted,
  });
  const transport = new LogTransport({
    log,
    // Another database fed by the same log has a gen_1 too; in one group the two would each get half of the partitions.
    group: `projector-${generation.name}-${generationId}`,
    topics: FOLDED_TOPICS,
    checkpoints: projection,
  });
  const app = await NestFactory.createMicroservice(ProjectorModule.with(projection), {
    strategy: transport,
    logger: nestLogger(logger),
  });
  await app.listen();
  logger.info({ generation: generation.name, foldVersion: generation.foldVersion }, 'the projector follows the log');
  const failed = transport.ended.then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined);
  return { generation, failed, stop: () => app.close() };
}

function liveGenerationOf({ log, logId, store }: ProjectorOptions): () => Promise<Generation> {
  const generations = new Generations(store);
  return () =>
    generations.ensureLive({
      logId,
      foldVersion: CURRENT_FOLD_VERSION,
      logEnds: async () => ({ commands: await log.ends('commands'), events: await log.ends('events') }),
    });
}

async function onceStoreAnswers<T>(ask: () => Promise<T>, { logger, stopping }: ProjectorOptions): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof DependencyUnavailableError) || stopping.aborted) throw error;
      logger.warn({ err: error }, 'the store is away; trying again');
      await delay(STORE_RETRY_MS);
    }
  }
}
