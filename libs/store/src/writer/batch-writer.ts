import { FOLDED_TOPICS, type FoldedTopic, type Topic, type TopicPartition } from '@logbook/contracts';
import { DependencyUnavailableError, type Batch, type BatchOutcome, type StartPosition } from '@logbook/core';
import { admitCommands, admitEvents, NO_SKIPS, type Fold, type Skips } from '@logbook/projections';
import type { PoolClient } from 'pg';
import { classify, storeOperation } from '../classify.js';
import { foldOf, type Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { inTransaction, ROLLBACK } from '../sql/transaction.js';
import { upsertRows } from '../sql/upsert-rows.js';
import { fenceCheckpoint } from './fence-checkpoint.js';
import { loadCommandsSlice } from './load-commands-slice.js';
import { loadEventsSlice } from './load-events-slice.js';
import { markReadyIfPassed } from './mark-ready.js';
import { notifyCheckpoint } from './notify-checkpoint.js';
import { readStartPosition } from './read-start-position.js';

export interface BatchWriterOptions {
  /** What every replay leaves out. Default nothing. */
  readonly skips?: Skips;
}

/** Writes what a fold makes of batches, each in one transaction with the checkpoint it moves. */
export class BatchWriter {
  private readonly skips: Skips;

  constructor(
    private readonly store: Store,
    { skips = NO_SKIPS }: BatchWriterOptions = {},
  ) {
    this.skips = skips;
  }

  /**
   * Where the partition goes on in this generation. Rejects with `DependencyUnavailableError` where its tables
   * are missing: `Generations.ensureLive` makes them, and the caller asks again.
   */
  async startPosition(generation: Generation, partition: TopicPartition): Promise<StartPosition> {
    const topic = foldedTopic(partition.topic);
    try {
      const position = await readStartPosition(this.store.pool, generation.name, { ...partition, topic });
      await markReadyIfPassed(this.store.pool, generation.name);
      return position;
    } catch (error) {
      if (classify(error) !== 'MISSING') return storeOperation(() => Promise.reject(error as Error));
      throw new DependencyUnavailableError(`the tables of ${generation.name} are missing`, { cause: error });
    }
  }

  /**
   * Applies a batch and moves the checkpoint, both or neither. `STALE`: the checkpoint is not where the batch
   * was fetched from, or the tables are gone; nothing was written and the caller asks where to start.
   * Rejects with `DependencyUnavailableError` where the store is away (whether the batch was committed is then
   * unknown, and the fence will tell); with the error of Postgres where it refuses values (`classify` says so).
   */
  async apply(generation: Generation, batch: Batch): Promise<BatchOutcome> {
    const topic = foldedTopic(batch.topic);
    const changes = this.prepare(foldOf(generation), topic, batch);
    try {
      const outcome = await inTransaction(this.store.pool, async (client) => {
        const fence = await fenceCheckpoint(client, generation.name, topic, batch);
        if (fence.outcome === 'STALE') return ROLLBACK;
        await changes.write(client, generation.name);
        if (this.store.notifies) await notifyCheckpoint(client, generation.name, batch);
        return fence;
      });
      if (outcome === ROLLBACK) return 'STALE';
      if (!outcome.ready) await markReadyIfPassed(this.store.pool, generation.name);
      return 'CONSUMED';
    } catch (error) {
      if (classify(error) === 'MISSING') return 'STALE';
      return storeOperation(() => Promise.reject(error as Error));
    }
  }

  /** Everything that needs no database happens here, before a connection is taken. */
  private prepare(
    fold: Fold,
    topic: FoldedTopic,
    batch: Batch,
  ): { write(client: PoolClient, name: string): Promise<void> } {
    const { tables } = fold;
    if (topic === 'commands') {
      const { messages, deadLetters } = admitCommands(batch.messages, this.skips);
      const needs = fold.needsOfCommands(messages);
      return {
        async write(client, name) {
          const changes = fold.foldCommands(await loadCommandsSlice(client, name, needs), messages);
          await upsertRows(client, name, tables.fingerprints, changes.fingerprints);
          await upsertRows(client, name, tables.agents, changes.agents);
          await upsertRows(client, name, tables.agentVersions, changes.agentVersions);
          await upsertRows(client, name, tables.people, changes.people);
          await upsertRows(client, name, tables.deadLetters, deadLetters);
        },
      };
    }
    const { messages, deadLetters } = admitEvents(batch.messages, this.skips);
    const needs = fold.needsOfEvents(messages);
    return {
      async write(client, name) {
        const changes = fold.foldEvents(await loadEventsSlice(client, name, needs), messages);
        await upsertRows(client, name, tables.events, changes.events);
        await upsertRows(client, name, tables.sessions, changes.sessions);
        await upsertRows(client, name, tables.deadLetters, deadLetters);
      },
    };
  }
}

function foldedTopic(topic: Topic): FoldedTopic {
  const folded = FOLDED_TOPICS.find((candidate) => candidate === topic);
  if (folded === undefined) throw new Error(`${topic} is not folded into tables`);
  return folded;
}
