import { offset, type LogId, type Offset } from '@logbook/contracts';
import { StoreMismatchError } from '@logbook/core';
import type { SqlClient } from '@logbook/subscriber';
import { SCHEMA } from '../counting/tables.js';
import { GROUP } from '../group.js';

/** By partition of `events`, the next offset. */
export type Positions = ReadonlyMap<number, Offset>;

/**
 * How far the service has counted; empty where it never began. With `lock` its instances commit nothing until the
 * transaction ends: what is true of these positions then stays true.
 * @throws StoreMismatchError where they are another log's.
 */
export async function livePositions(
  client: SqlClient,
  { logId, lock = false }: { readonly logId: LogId; readonly lock?: boolean },
): Promise<Positions> {
  const { rows } = await client.query(
    `SELECT log_id, partition, next_offset FROM ${SCHEMA}.logbook_checkpoints
      WHERE group_name = $1 AND topic = 'events' ORDER BY partition ${lock ? 'FOR UPDATE' : ''}`,
    [GROUP],
  );
  const found = rows as { log_id: string; partition: number; next_offset: number }[];
  const other = found.find(({ log_id }) => log_id !== logId);
  if (other !== undefined) {
    throw new StoreMismatchError(
      `the usage service of this database counts log ${other.log_id}, and this is log ${logId}: set KAFKA_BROKERS, ` +
        'LOGBOOK_TOPIC_PREFIX and DATABASE_URL as that service has them',
    );
  }
  return new Map(found.map(({ partition, next_offset }) => [partition, offset(next_offset)]));
}

/** The messages, or holes, that lie between two positions. */
export function behind(from: Positions, to: Positions): number {
  let sum = 0;
  for (const [partition, end] of to) sum += Math.max(0, end - (from.get(partition) ?? 0));
  return sum;
}
