import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS, FOLDED_TOPICS, TOPICS } from '@logbook/contracts';
import type { Store } from '@logbook/store';
import { eventually } from '@logbook/testing';
import type { System } from './harness/system.js';
import { pointedTo } from './rows.js';

/** `<topic>[<partition>]` to the offset its next message will get. */
export type LogEnds = ReadonlyMap<string, number>;

const CATCH_UP_TIMEOUT_MS = 60_000;

/** Where the folded topics end now. */
export async function logEnds(system: System): Promise<LogEnds> {
  const partitions = system.drivers === 'scale' ? DEFAULT_PARTITION_COUNTS : EMBEDDED_PARTITION_COUNTS;
  return system.withLog(async (log) => {
    await log.prepare({ topics: TOPICS, partitions });
    const ends = new Map<string, number>();
    for (const topic of FOLDED_TOPICS) {
      (await log.ends(topic)).forEach((end, partition) => ends.set(`${topic}[${partition}]`, end));
    }
    return ends;
  });
}

/** Resolves once the generation that readers are pointed to answers reads and has passed `ends`. */
export async function untilPassed(store: Store, ends: LogEnds, timeoutMs = CATCH_UP_TIMEOUT_MS): Promise<void> {
  await eventually(async () => requirePassed(store, await pointedTo(store), ends), {
    timeoutMs,
    intervalMs: 100,
    what: 'the projection to catch up',
  });
}

/** Resolves once this generation answers reads and has passed `ends`, whether readers are pointed to it or not. */
export async function untilPassedBy(store: Store, schema: string, ends: LogEnds): Promise<void> {
  await eventually(() => requirePassed(store, schema, ends), {
    timeoutMs: CATCH_UP_TIMEOUT_MS,
    intervalMs: 100,
    what: `${schema} to catch up`,
  });
}

async function requirePassed(store: Store, schema: string, ends: LogEnds): Promise<void> {
  const { rows } = await store.pool.query<{ partition: string; next: string; ready: boolean }>(
    `SELECT c.topic || '[' || c.partition || ']' AS partition, c.next_offset::text AS next, g.ready
       FROM "${schema}".generation g LEFT JOIN "${schema}".checkpoints c ON true`,
  );
  if (rows[0]?.ready !== true) throw new Error(`${schema} does not answer reads`);
  const next = new Map(rows.map((row) => [row.partition, Number(row.next)]));
  const behind = [...ends].filter(([partition, end]) => (next.get(partition) ?? 0) < end);
  if (behind.length > 0) {
    throw new Error(
      behind.map(([partition, end]) => `${partition} is at ${next.get(partition) ?? 0} of ${end}`).join(', '),
    );
  }
}

/** Resolves once everything that was accepted before the call is projected. */
export async function untilCaughtUp(system: System, timeoutMs = CATCH_UP_TIMEOUT_MS): Promise<void> {
  const ends = await logEnds(system);
  await system.withStore((store) => untilPassed(store, ends, timeoutMs));
}
