import { FOLDED_TOPICS, type LogId } from '@logbook/contracts';
import type { Batch, Log } from '@logbook/core';
import { nestLogger, type Logger, type Metrics, type Tracing } from '@logbook/observability';
import type { ControlFollower } from '@logbook/log';
import { Generations, type KnownGeneration, type Store } from '@logbook/store';
import { LogTransport, topicBatches } from '@logbook/subscriber';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChangePublishers } from './changes/change-publishers.js';
import { ProjectionController } from './projection.controller.js';
import { logEndsOf } from './log-ends.js';
import { projectionOf, SOURCE } from './projection-of.js';
import { Projection } from './projection.js';

export interface FollowerOptions {
  readonly log: Log;
  readonly logId: LogId;
  /** Says what is skipped. Its end is for the caller to watch: without it no skip of others would be noticed. */
  readonly control: ControlFollower;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Without it nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Told of each batch committed, so that readers in the same process need not poll. */
  readonly onCommitted?: ((batch: Batch) => void) | undefined;
}

export interface GenerationFollower {
  /** Resolves after `stop`; rejects with the error that halted it: nothing of this generation is projected here any more. */
  readonly ended: Promise<void>;
  /** Finishes the batches under way, leaves the group. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Reached only far behind, since a fetch brings what there is. More messages in a batch are fewer transactions and fewer
 * versions of a session's row; past a few thousand a fetch of a partition (1 MiB as compressed) holds no more.
 */
const BATCH_MESSAGES_MAX = 4_000;
/** Batches that come at the same time share a transaction. */
const PARTITIONS_CONCURRENT_MAX = 64;
/** A transaction costs what it costs, however little is in it. Of commands none waits, since their writers wait until reads show them. */
const GATHER_MS = { events: 40 } as const;

@Module({})
class FollowerModule {
  static with(projection: Projection): DynamicModule {
    return {
      module: FollowerModule,
      controllers: [ProjectionController],
      providers: [{ provide: Projection, useValue: projection }],
    };
  }
}

/** Follows one generation, sharing its partitions with whoever else does. Resolves once the log is being read. */
export async function followGeneration(
  generation: KnownGeneration,
  options: FollowerOptions,
): Promise<GenerationFollower> {
  const { log, logId, store, logger } = options;
  const generations = new Generations(store);
  const changes = new ChangePublishers({ ...options, generation, source: SOURCE });
  const projection = projectionOf({
    ...options,
    generation,
    changes,
    ensureTables: () => generations.ensureTables(generation, { logId, logEnds: () => logEndsOf(log) }),
  });
  const transport = new LogTransport({
    log,
    // Another database fed by the same log has a gen_1 too; in one group the two would each get half of the partitions.
    group: `projector-${generation.name}-${generation.id}`,
    receive: topicBatches({ topics: FOLDED_TOPICS, checkpoints: projection }),
    batchMessagesMax: BATCH_MESSAGES_MAX,
    partitionsConcurrentMax: PARTITIONS_CONCURRENT_MAX,
    gatherMs: GATHER_MS,
    onLag: (lag) => projection.behind(lag),
  });
  const app = await NestFactory.createMicroservice(FollowerModule.with(projection), {
    strategy: transport,
    logger: nestLogger(logger),
  });
  await app.listen();
  const stop = async (): Promise<void> => {
    await app.close();
    await changes.stop();
  };
  let stopped: Promise<void> | undefined;
  return { ended: transport.ended, stop: () => (stopped ??= stop()) };
}
