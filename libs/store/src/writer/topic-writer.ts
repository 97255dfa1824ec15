import type { Command, FoldedTopic, LlmRecorded, StoredMessage } from '@logbook/contracts';
import { type Batch, type BatchOutcome, classify, storeOperation } from '@logbook/core';
import type { Admitted, DeadLetterRow, Skips } from '@logbook/projections';
import type { Pool, PoolClient } from 'pg';
import { foldOf, type Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { refusalReason } from '../refusal.js';
import { inTransaction, ROLLBACK } from '../sql/transaction.js';
import { together } from '../sql/together.js';
import { upsertRows } from '../sql/upsert-rows.js';
import { fenceCheckpoints, type FenceOptions } from './fence-checkpoints.js';
import { GroupCommit, LEFT_OUT } from './group-commit.js';
import { isPointedTo } from './is-pointed-to.js';
import { markReadyIfPassed } from './mark-ready.js';
import type { TopicFolding } from './topic-folding.js';

/**
 * Told of the dead letters of a batch once Postgres has taken it and before anything is committed; a rejection rolls
 * the batch back. Never told by a rebuild: the generation is the one readers are pointed to, and ready. The same letters
 * may come again, after a commit that failed. The transaction waits for it, so it must be bounded and not use the store.
 */
export type OnDeadLetters = (letters: readonly DeadLetterRow[], batch: Batch) => Promise<void>;

/**
 * `TAKEN`: Postgres would commit it. `REFUSED`: it refuses the values, for `reason`, which quotes none of them.
 * `STALE`: the checkpoint is elsewhere, so nothing was learnt.
 */
export type Probe = { readonly outcome: 'TAKEN' | 'STALE' } | { readonly outcome: 'REFUSED'; readonly reason: string };

export interface TopicWriterOptions<M extends Command | LlmRecorded, Needs, Slice> {
  readonly store: Store;
  readonly topic: FoldedTopic;
  readonly folding: TopicFolding<M, Needs, Slice>;
  /** The connections that its transactions take. */
  readonly connections: Pool;
  readonly skips: Skips;
  readonly onDeadLetters: OnDeadLetters | undefined;
}

/** What became of a batch, and whether its generation was ready then. */
interface Applied {
  readonly outcome: BatchOutcome;
  readonly ready: boolean;
}

/** A batch, judged, that waits for its transaction. */
interface Prepared<M extends Command | LlmRecorded> extends Admitted<M> {
  readonly generation: Generation;
  readonly batch: Batch;
}

/**
 * While one transaction waits for its commit, the rows of another can be made and sent. `messagesMax` is what it holds with others; a
 * batch that holds more has one of its own.
 */
const SERVER = { transactionsAtOnce: 2, messagesMax: 4_000 } as const;
/** The embedded store does one transaction after the other, and this thread is the gateway's too. */
const EMBEDDED = { transactionsAtOnce: 1, messagesMax: 1_000 } as const;

/** Nothing stays behind of a probe, and nobody is told. */
const PROBING = { lazily: false, skippingHeld: false, notifying: false } as const;

const STALE: Applied = { outcome: 'STALE', ready: false };

const UNIQUE_VIOLATION = '23505';

/**
 * Writes batches of one topic. Those of several partitions that come at the same time share a transaction, which costs
 * what it costs however much is in it; each keeps a fence, a checkpoint and an outcome of its own.
 */
export class TopicWriter<M extends Command | LlmRecorded, Needs, Slice> {
  private readonly commits: GroupCommit<Prepared<M>, Applied>;

  constructor(private readonly options: TopicWriterOptions<M, Needs, Slice>) {
    const { transactionsAtOnce, messagesMax } = options.store.notifies ? SERVER : EMBEDDED;
    this.commits = new GroupCommit({
      atOnce: transactionsAtOnce,
      // It waits for the log to take them.
      isAlone: ({ deadLetters }) => deadLetters.length > 0,
      fits: (group, next) => fits(group, next, messagesMax),
      commit: (group, isAlone) => this.commit(group, isAlone),
      isOfOne: (error) => classify(error) !== 'UNAVAILABLE',
    });
  }

  /** As `BatchWriter.apply`. */
  async apply(generation: Generation, batch: Batch): Promise<BatchOutcome> {
    const { store, skips } = this.options;
    const { outcome, ready } = await this.commits.submit(await this.prepare(generation, batch, skips));
    if (outcome === 'CONSUMED' && !ready) await storeOperation(() => markReadyIfPassed(store.pool, generation.name));
    return outcome;
  }

  /** As `BatchWriter.probe`. */
  async probe(generation: Generation, batch: Batch, leavingOut: StoredMessage | undefined): Promise<Probe> {
    const { skips } = this.options;
    const prepared = await this.prepare(
      generation,
      batch,
      leavingOut === undefined ? skips : withOneMore(skips, leavingOut),
    );
    let outcome: 'TAKEN' | 'STALE' = 'STALE';
    try {
      await this.transaction(generation, [prepared], PROBING, async (client) => {
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
      throw error;
    }
  }

  private async prepare(generation: Generation, batch: Batch, skips: Skips): Promise<Prepared<M>> {
    return { generation, batch, ...(await this.options.folding.admit(batch.messages, skips)) };
  }

  private async commit(group: readonly Prepared<M>[], isAlone: boolean): Promise<(Applied | typeof LEFT_OUT)[]> {
    const { store } = this.options;
    const generation = generationOf(group);
    const how = { lazily: store.notifies, skippingHeld: !isAlone, notifying: store.notifies };
    try {
      const committed = await this.transaction(generation, group, how, async (client, { moved, ready }) => {
        if (ready) for (const each of moved) await this.tellDeadLetters(client, each);
        return { moved: new Set(moved), ready };
      });
      return group.map((prepared) => {
        if (committed !== ROLLBACK && committed.moved.has(prepared)) {
          return { outcome: 'CONSUMED', ready: committed.ready };
        }
        // Its checkpoint is elsewhere, or another transaction holds it: alone it waits for that, and learns which.
        return isAlone ? STALE : LEFT_OUT;
      });
    } catch (error) {
      if (classify(error) === 'MISSING') return group.map(() => STALE);
      throw error;
    }
  }

  /**
   * Moves the checkpoints that are where a batch of the group begins, writes what those batches make, and does `last`; rolls back
   * where there is none. A row whose key another partition wrote since this one looked (a foreign producer may use one id under
   * two keys) is refused once that is committed. Looked at again, the key is there and the event has no effect.
   */
  private async transaction<T>(
    generation: Generation,
    group: readonly Prepared<M>[],
    how: Omit<FenceOptions, 'topic' | 'batches'>,
    last: (
      client: PoolClient,
      fenced: { readonly moved: readonly Prepared<M>[]; readonly ready: boolean },
    ) => Promise<T | typeof ROLLBACK>,
  ): Promise<T | typeof ROLLBACK> {
    const { topic, folding, connections } = this.options;
    const { name } = generation;
    const { tables } = foldOf(generation);
    // Everything that needs no database happens before a connection is taken.
    const needs = folding.needs(
      generation,
      group.flatMap(({ messages }) => messages),
    );
    const work = async (client: PoolClient): Promise<T | typeof ROLLBACK> => {
      const batches = group.map(({ batch }) => batch);
      // In this order they reach the server: what is loaded is what the owner before has left.
      const [{ partitions, ready }, slice] = await together([
        fenceCheckpoints(client, name, { topic, batches, ...how }),
        folding.load(client, generation, needs),
      ]);
      const moved = group.filter(({ batch }) => partitions.has(batch.partition));
      if (moved.length === 0) return ROLLBACK;
      const messages = moved.flatMap((prepared) => prepared.messages);
      const deadLetters = moved.flatMap((prepared) => prepared.deadLetters);
      await together([
        folding.write(client, generation, { slice, messages }),
        upsertRows(client, name, tables.deadLetters, deadLetters),
      ]);
      return last(client, { moved, ready });
    };
    try {
      return await inTransaction(connections, work);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      return inTransaction(connections, work);
    }
  }

  private async tellDeadLetters(client: PoolClient, { generation, batch, deadLetters }: Prepared<M>): Promise<void> {
    const { onDeadLetters } = this.options;
    if (onDeadLetters === undefined || deadLetters.length === 0) return;
    if (await isPointedTo(client, generation.name)) await onDeadLetters(deadLetters, batch);
  }
}

/** Of one generation, and no partition twice: the second batch of one is fenced by the checkpoint that the first leaves. */
function fits<M extends Command | LlmRecorded>(
  group: readonly Prepared<M>[],
  { generation, batch }: Prepared<M>,
  messagesMax: number,
): boolean {
  if (group.some((other) => other.batch.partition === batch.partition)) return false;
  const messages = group.reduce((sum, other) => sum + other.batch.messages.length, batch.messages.length);
  return messages <= messagesMax && generationOf(group).name === generation.name;
}

function generationOf(group: readonly { readonly generation: Generation }[]): Generation {
  const [first] = group;
  if (first === undefined) throw new Error('a transaction holds at least one batch');
  return first.generation;
}

const withOneMore = (skips: Skips, { offset }: StoredMessage): Skips => ({
  size: skips.size + 1,
  reasonOf: (topic, message) => (message.offset === offset ? 'left out' : skips.reasonOf(topic, message)),
});
