import {
  FOLDED_TOPICS,
  type FoldedTopic,
  type StoredMessage,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import {
  asStoreError,
  type Batch,
  type BatchOutcome,
  classify,
  DependencyUnavailableError,
  type StartPosition,
} from '@logbook/core';
import { NO_SKIPS, type Skips } from '@logbook/projections';
import type { Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { markReadyIfPassed } from './mark-ready.js';
import { readStartPosition } from './read-start-position.js';
import { commandsFolding, eventsFolding } from './topic-folding.js';
import { type OnDeadLetters, type Probe, TopicWriter } from './topic-writer.js';

export interface BatchWriterOptions {
  /** What every replay leaves out. Default nothing. */
  readonly skips?: Skips;
  readonly onDeadLetters?: OnDeadLetters;
}

/**
 * Writes what a fold makes of batches, each whole and in one transaction with the checkpoint it moves. Batches of several
 * partitions may share one.
 */
export class BatchWriter {
  private readonly writers: Readonly<Record<FoldedTopic, Pick<TopicWriter<never, never, never>, 'apply' | 'probe'>>>;

  constructor(
    private readonly store: Store,
    { skips = NO_SKIPS, onDeadLetters }: BatchWriterOptions = {},
  ) {
    const common = { store, skips, onDeadLetters };
    // The writer of a command waits until reads show it; the sender of an event does not.
    this.writers = {
      commands: new TopicWriter({ ...common, topic: 'commands', folding: commandsFolding, connections: store.pool }),
      events: new TopicWriter({ ...common, topic: 'events', folding: eventsFolding, connections: store.background }),
    };
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
      if (classify(error) !== 'MISSING') throw asStoreError(error);
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
    return this.writers[foldedTopic(batch.topic)].apply(generation, batch);
  }

  /**
   * Whether Postgres would take the batch, with one message of it left out if need be; nothing stays behind.
   * Rejects as `apply` does, save for what Postgres refuses.
   */
  async probe(
    generation: Generation,
    batch: Batch,
    { leavingOut }: { readonly leavingOut?: StoredMessage } = {},
  ): Promise<Probe> {
    return this.writers[foldedTopic(batch.topic)].probe(generation, batch, leavingOut);
  }
}

function foldedTopic(topic: Topic): FoldedTopic {
  const folded = FOLDED_TOPICS.find((candidate) => candidate === topic);
  if (folded === undefined) throw new Error(`${topic} is not folded into tables`);
  return folded;
}
