import { eventually } from '@logbook/testing';
import type { ProjectorOnKafka } from '../harness/projector-on-kafka.js';
import type { UsageRow } from './recorded-calls.js';

const LEVEL_TIMEOUT_MS = 120_000;

/** Resolves once the usage service has counted all that the log holds now. */
export async function untilCounted({ log, store }: ProjectorOnKafka): Promise<void> {
  const ends = await log.ends('events');
  await eventually(
    async () => {
      const { rows } = await store.pool.query<{ partition: number; next_offset: number }>(
        `SELECT partition, next_offset FROM usage.logbook_checkpoints WHERE topic = 'events'`,
      );
      const next = new Map(rows.map(({ partition, next_offset }) => [partition, next_offset]));
      return ends.every((end, partition) => (next.get(partition) ?? 0) >= end);
    },
    { timeoutMs: LEVEL_TIMEOUT_MS, what: 'the usage service to come level with the log' },
  );
}

/** What `logbook usage` prints, in one order. */
export async function countedTotals({ cli }: ProjectorOnKafka): Promise<UsageRow[]> {
  const { code, stdout, stderr } = await cli('usage', '--json', '--limit', '100000');
  if (code !== 0) throw new Error(`logbook usage ended with ${code}: ${stderr}`);
  return inOneOrder(JSON.parse(stdout) as UsageRow[]);
}

export const inOneOrder = (rows: readonly UsageRow[]): UsageRow[] => {
  const keyOf = ({ day, tenant, agent, agent_version, api, model }: UsageRow): string =>
    JSON.stringify([day, tenant, agent, agent_version, api, model]);
  return [...rows].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
};
