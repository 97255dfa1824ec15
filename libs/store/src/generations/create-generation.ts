import { randomUUID } from 'node:crypto';
import { tablesOf } from '@logbook/projections';
import type { PoolClient } from 'pg';
import { createTableSql } from '../sql/ddl.js';
import { quoted, tableIn } from '../sql/identifiers.js';
import { foldOf, type Generation, type LogEnds } from './generation.js';

export interface CreateGeneration {
  readonly generation: Generation;
  readonly logId: string;
  readonly logEnds: LogEnds;
}

/**
 * Creates the schema of a generation, empty, in place of whatever is left of an earlier one of that name.
 * It is ready at once only where the log held nothing.
 */
export async function createGeneration(
  client: PoolClient,
  { generation, logId, logEnds }: CreateGeneration,
): Promise<void> {
  const schema = quoted(generation.name);
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.query(`CREATE SCHEMA ${schema}`);
  for (const table of tablesOf(foldOf(generation))) {
    for (const statement of createTableSql(generation.name, table)) await client.query(statement);
  }
  const ready = Object.values(logEnds)
    .flat()
    .every((end) => end === 0);
  await client.query(
    `INSERT INTO ${tableIn(generation.name, 'generation')}
            (incarnation, log_id, fold_version, log_ends, ready, created_at)
     VALUES ($1, $2, $3, $4::jsonb, $5, now())`,
    [randomUUID(), logId, generation.foldVersion, JSON.stringify(logEnds), ready],
  );
}
