import { offset, type LogId } from '@logbook/contracts';
import { StoreMismatchError, type Batch, type StartPosition } from '@logbook/core';
import { positionBehind } from './committed-offsets.js';
import type { Place } from './checkpoint-store.js';

/** What is asked of a connection; `pg`'s `PoolClient` answers it. */
export interface SqlClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
}

interface CheckpointRow {
  readonly log_id: string;
  /** 64-bit integers arrive as text unless the service's client says otherwise. */
  readonly next_offset: string | number;
  readonly last_offset: string | number | null;
  readonly last_sha256: Buffer | null;
}

/** The statements of the table `logbook_checkpoints` in a service's own schema. */
export class CheckpointsTable {
  private readonly name: string;

  constructor(
    private readonly schema: string,
    private readonly logId: LogId,
  ) {
    this.name = `${quoted(schema)}.logbook_checkpoints`;
  }

  /** Schema and table, where they are missing. Instances that start at once wait for each other. */
  async create(client: SqlClient): Promise<void> {
    const { rows } = await client.query('SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
      this.schema,
      'logbook_checkpoints',
    ]);
    if (rows.length > 0) return;
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('logbook_checkpoints'))`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(this.schema)}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${this.name} (
         group_name text NOT NULL, topic text NOT NULL, partition integer NOT NULL,
         log_id uuid NOT NULL, next_offset bigint NOT NULL, last_offset bigint, last_sha256 bytea,
         PRIMARY KEY (group_name, topic, partition))`,
    );
  }

  /** @throws StoreMismatchError where the positions are another log's. */
  async find(client: SqlClient, { group, topic, partition }: Place): Promise<StartPosition | undefined> {
    const { rows } = await client.query(
      `SELECT log_id, next_offset, last_offset, last_sha256 FROM ${this.name}
        WHERE group_name = $1 AND topic = $2 AND partition = $3`,
      [group, topic, partition],
    );
    const row = rows[0] as CheckpointRow | undefined;
    if (row === undefined) return undefined;
    if (row.log_id !== this.logId) {
      throw new StoreMismatchError(
        `${this.name} holds the positions of ${group} in log ${row.log_id}, and this is log ${this.logId}: ` +
          'connect to the right log, or give the service an empty schema',
      );
    }
    const next = offset(Number(row.next_offset));
    if (row.last_offset === null || row.last_sha256 === null) return { next };
    return { next, last: { offset: offset(Number(row.last_offset)), sha256: row.last_sha256 } };
  }

  async insert(client: SqlClient, { group, topic, partition }: Place, { next }: StartPosition): Promise<void> {
    await client.query(
      `INSERT INTO ${this.name} (group_name, topic, partition, log_id, next_offset)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [group, topic, partition, this.logId, next],
    );
  }

  /**
   * The fence: moves the checkpoint if it is at `expected`. Its row is then locked until the transaction ends, so that nobody
   * else writes what belongs to this partition.
   */
  async move(client: SqlClient, { group, topic, partition }: Place, expected: number, done: Batch): Promise<boolean> {
    const { next, last } = positionBehind(done);
    const { rows } = await client.query(
      `UPDATE ${this.name} SET next_offset = $6, last_offset = $7, last_sha256 = $8
        WHERE group_name = $1 AND topic = $2 AND partition = $3 AND next_offset = $4 AND log_id = $5
        RETURNING next_offset`,
      [group, topic, partition, expected, this.logId, next, last?.offset ?? null, last?.sha256 ?? null],
    );
    return rows.length === 1;
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
