import type { LogId } from '@logbook/contracts';
import {
  classify,
  inTransaction,
  ROLLBACK,
  type Batch,
  type BatchOutcome,
  type SqlConnection,
  type SqlPool,
  type StartPosition,
} from '@logbook/core';
import { outcomeOf, type CheckpointStore, type Effects, type Place } from './checkpoint-store.js';
import { CheckpointsTable, type SqlClient } from './checkpoints-table.js';

export interface PostgresCheckpointsOptions {
  /** The service's own pool; `pg`'s `Pool` has this shape. */
  readonly pool: SqlPool<SqlConnection & SqlClient>;
  /** The service's own schema; it and the table `logbook_checkpoints` in it are made where they are missing. */
  readonly schema: string;
  /** Of the log that is read: positions of another log are refused. */
  readonly logId: LogId;
}

/**
 * Positions that move with the service's own rows, in one transaction whose first statement is a fenced update: what handlers
 * write with `context.transaction()` is there exactly once, whoever crashes, and only one of two owners of a partition
 * can commit.
 */
export class PostgresCheckpoints implements CheckpointStore {
  readonly rollsBack = true;
  private readonly table: CheckpointsTable;

  constructor(private readonly options: PostgresCheckpointsOptions) {
    this.table = new CheckpointsTable(options.schema, options.logId);
  }

  find(place: Place): Promise<StartPosition | undefined> {
    return inTransaction(this.options.pool, async (client) => {
      await this.table.create(client);
      return this.table.find(client, place);
    });
  }

  begin(place: Place, start: StartPosition): Promise<StartPosition> {
    return inTransaction(this.options.pool, async (client) => {
      await this.table.insert(client, place, start);
      return (await this.table.find(client, place)) ?? start;
    });
  }

  async move(place: Place, batch: Batch, effects: Effects): Promise<BatchOutcome> {
    let outcome: BatchOutcome = 'STALE';
    await inTransaction(this.options.pool, async (client) => {
      if (!(await this.moved(client, place, batch.from, batch))) return ROLLBACK;
      const done = await effects(client);
      outcome = 'INTERRUPTED';
      if (done === undefined) return ROLLBACK;
      // Its row is ours until the end of the transaction, so this cannot miss it.
      if (done.next !== batch.next) await this.table.move(client, place, batch.next, done);
      outcome = outcomeOf(batch, done);
      return outcome;
    });
    return outcome;
  }

  /** A table that was dropped has no checkpoint where the batch begins either; asking where to start makes it again. */
  private async moved(client: SqlClient, place: Place, expected: number, done: Batch): Promise<boolean> {
    try {
      return await this.table.move(client, place, expected, done);
    } catch (error) {
      if (classify(error) === 'MISSING') return false;
      throw error;
    }
  }
}
