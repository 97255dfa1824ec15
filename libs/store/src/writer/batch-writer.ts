import {
  FOLDED_TOPICS,
  type FoldedTopic,
  type StoredMessage,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import {
  type Batch,
  type BatchOutcome,
  classify,
  DependencyUnavailableError,
  type StartPosition,
  storeOperation,
} from '@logbook/core';
import { admitCommands, NO_SKIPS, type DeadLetterRow, type Fold, type Skips } from '@logbook/projections';
import type { Pool, PoolClient } from 'pg';
import { foldOf, type Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { refusalReason } from '../refusal.js';
import { copyRows } from '../sql/copy-rows.js';
import { inTransaction, ROLLBACK } from '../sql/transaction.js';
import { upsertRows } from '../sql/upsert-rows.js';
import { admitInPieces } from './admit-in-pieces.js';
import { fenceCheckpoint } from './fence-checkpoint.js';
import { isPointedTo } from './is-pointed-to.js';
import { loadCommandsSlice } from './load-commands-slice.js';
import { loadEventsSlice } from './load-events-slice.js';
import { markReadyIfPassed } from './mark-ready.js';
import { notifyCheckpoint } from './notify-checkpoint.js';
import { readStartPosition } from './read-start-position.js';

/**
 * Told of the dead letters of a batch once Postgres has taken it and before anything is committed; a rejection rolls
 * the batch back. Never told by a rebuild: the generation is the one readers are pointed to, and ready. The same letters
 * may come again, after a commit that failed. The transaction waits for it, so it must be bounded and not use the store.
 */
export type OnDeadLetters = (letters: readonly DeadLetterRow[], batch: Batch) => Promise<void>;

export interface BatchWriterOptions {
  /** What every replay leaves out. Default nothing. */
  readonly skips?: Skips;
  readonly onDeadLetters?: OnDeadLetters;
}

/**
 * `TAKEN`: Postgres would commit it. `REFUSED`: it refuses the values, for `reason`, which quotes none of them.
 * `STALE`: the checkpoint is elsewhere, so nothing was learnt.
 */
export type Probe = { readonly outcome: 'TAKEN' | 'STALE' } | { readonly outcome: 'REFUSED'; readonly reason: string };

/** What is to be written of a batch, and what of it never will be. */
interface Prepared {
  readonly deadLetters: readonly DeadLetterRow[];
  write(client: PoolClient, name: string): Promise<void>;
}

/** Writes what a fold makes of batches, each in one transaction with the checkpoint it moves. */
export class BatchWriter {
  private readonly skips: Skips;
  private readonly onDeadLetters: OnDeadLetters | undefined;

  constructor(
    private readonly store: Store,
    { skips = NO_SKIPS, onDeadLetters }: BatchWriterOptions = {},
  ) {
    this.skips = skips;
    this.onDeadLetters = onDeadLetters;
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
    const changes = await this.prepare(foldOf(generation), topic, batch);
    try {
      const outcome = await this.attempt(topic, async (client): Promise<{ ready: boolean } | typeof ROLLBACK> => {
        const fence = await fenceCheckpoint(client, generation.name, topic, batch, { lazily: this.store.notifies });
        if (fence.outcome === 'STALE') return ROLLBACK;
        await changes.write(client, generation.name);
        if (this.store.notifies) await notifyCheckpoint(client, generation.name, batch);
        if (fence.ready) await this.tellDeadLetters(client, generation, batch, changes.deadLetters);
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

  /**
   * Whether Postgres would take the batch, with one message of it left out if need be; nothing stays behind.
   * Rejects as `apply` does, save for what Postgres refuses.
   */
  async probe(
    generation: Generation,
    batch: Batch,
    { leavingOut }: { readonly leavingOut?: StoredMessage } = {},
  ): Promise<Probe> {
    const topic = foldedTopic(batch.topic);
    const skips = leavingOut === undefined ? this.skips : withOneMore(this.skips, leavingOut);
    const changes = await this.prepare(foldOf(generation), topic, batch, skips);
    let outcome: 'TAKEN' | 'STALE' = 'STALE';
    try {
      await this.attempt(topic, async (client) => {
        const fence = await fenceCheckpoint(client, generation.name, topic, batch, { lazily: false });
        if (fence.outcome === 'STALE') return ROLLBACK;
        await changes.write(client, generation.name);
        // What would be checked only by the commit is checked now.
        await client.query('SET CONSTRAINTS ALL IMMEDIATE');
        outcome = 'TAKEN';
        return ROLLBACK;
      });
      return { outcome };
    } catch (error) {
      const kind = classify(error);
      if (kind === 'REFUSED') return { outcome: 'REFUSED', reason: refusalReason(error) };
      if (kind === 'MISSING') return { outcome: 'STALE' };
      return storeOperation(() => Promise.reject(error as Error));
    }
  }

  /**
   * In one transaction. A row whose key another partition wrote since this one looked (a foreign producer may use one id
   * under two keys) is refused once that is committed. Looked at again, the key is there and the event has no effect.
   */
  private async attempt<T>(topic: FoldedTopic, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const connections = this.connectionsFor(topic);
    try {
      return await inTransaction(connections, work);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      return inTransaction(connections, work);
    }
  }

  /** The writer of a command waits until reads show it; the sender of an event does not. */
  private connectionsFor(topic: FoldedTopic): Pool {
    return topic === 'commands' ? this.store.pool : this.store.background;
  }

  private async tellDeadLetters(
    client: PoolClient,
    { name }: Generation,
    batch: Batch,
    letters: readonly DeadLetterRow[],
  ): Promise<void> {
    if (this.onDeadLetters === undefined || letters.length === 0) return;
    if (await isPointedTo(client, name)) await this.onDeadLetters(letters, batch);
  }

  /** Everything that needs no database happens here, before a connection is taken. */
  private async prepare(fold: Fold, topic: FoldedTopic, batch: Batch, skips = this.skips): Promise<Prepared> {
    const { tables } = fold;
    if (topic === 'commands') {
      const { messages, deadLetters } = admitCommands(batch.messages, skips);
      const needs = fold.needsOfCommands(messages);
      return {
        deadLetters,
        async write(client, name) {
          const changes = fold.foldCommands(
            await loadCommandsSlice(client, { generation: name, tables }, needs),
            messages,
          );
          await upsertRows(client, name, tables.fingerprints, changes.fingerprints);
          await upsertRows(client, name, tables.agents, changes.agents);
          await upsertRows(client, name, tables.agentVersions, changes.agentVersions);
          await upsertRows(client, name, tables.people, changes.people);
          await upsertRows(client, name, tables.deadLetters, deadLetters);
        },
      };
    }
    const { messages, deadLetters } = await admitInPieces(batch.messages, skips);
    const needs = fold.needsOfEvents(messages);
    return {
      deadLetters,
      async write(client, name) {
        const changes = fold.foldEvents(await loadEventsSlice(client, { generation: name, tables }, needs), messages);
        await copyRows(client, name, tables.events, changes.events);
        await upsertRows(client, name, tables.sessions, changes.sessions);
        await upsertRows(client, name, tables.deadLetters, deadLetters);
      },
    };
  }
}

const UNIQUE_VIOLATION = '23505';

const withOneMore = (skips: Skips, { offset }: StoredMessage): Skips => ({
  size: skips.size + 1,
  reasonOf: (topic, message) => (message.offset === offset ? 'left out' : skips.reasonOf(topic, message)),
});

function foldedTopic(topic: Topic): FoldedTopic {
  const folded = FOLDED_TOPICS.find((candidate) => candidate === topic);
  if (folded === undefined) throw new Error(`${topic} is not folded into tables`);
  return folded;
}
