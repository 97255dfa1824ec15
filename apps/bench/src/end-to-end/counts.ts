import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rowsSql } from './accepted-ids.js';
import { EVENTS_TABLE } from './projected.js';
import type { Rig } from './rig.js';

const CLI = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

/** How many events there are of every kind of evidence, when the projection is level. */
export interface Counts {
  /** Answered with 200. */
  readonly accepted: number;
  readonly inLog: number;
  readonly rows: number;
  /** What the sessions counted, and the events that belong to none. */
  readonly counted: number;
  /** Whether the ids of the rows are those that were answered. */
  readonly sameIds: boolean;
}

interface StatusDocument {
  readonly partitions: readonly { readonly topic: string; readonly end: number }[];
}

export async function countEvents({ system, projected, accepted }: Rig): Promise<Counts> {
  const [events] = await projected.query<{ count: string; xor: string }>(rowsSql(EVENTS_TABLE));
  const [sessions] = await projected.query<{ count: string }>(
    `SELECT (coalesce((SELECT sum(event_count) FROM gen_1.sessions), 0)
           + (SELECT count(*) FROM ${EVENTS_TABLE} WHERE session IS NULL))::text AS count`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'status', '--json'], {
    env: system.environment,
  });
  const { partitions } = JSON.parse(stdout) as StatusDocument;
  return {
    accepted: accepted.count,
    inLog: partitions.reduce((sum, { topic, end }) => sum + (topic === 'events' ? end : 0), 0),
    rows: Number(events?.count),
    counted: Number(sessions?.count),
    sameIds: events?.xor === accepted.xor,
  };
}
