import type { StoredMessage } from '@logbook/contracts';
import { offset } from '@logbook/contracts';
import type { Store } from '@logbook/store';
import { eventually } from '@logbook/testing';
import type { System } from './system.js';

/** A row of the index of events, as the generation that answers reads has it. */
export interface EventRow {
  readonly event_id: string;
  readonly tenant: string;
  readonly session: string | null;
  readonly fingerprint_id: string;
  readonly agent_name: string;
  readonly agent_version_name: string;
  readonly person_id: string | null;
  readonly api: string | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly bytes: number;
  readonly log_partition: number;
  readonly log_offset: number;
}

/** The rows of these events in the order of `ids`, once all are projected. */
export function projectedEvents(system: System, ids: readonly string[]): Promise<EventRow[]> {
  return system.withStore((store) =>
    eventually(
      async () => {
        const generation = await liveGeneration(store);
        const { rows } = await store.pool.query<EventRow>(
          `SELECT * FROM ${generation}.events WHERE event_id = ANY($1::uuid[])`,
          [ids],
        );
        const byId = new Map(rows.map((row) => [row.event_id, row]));
        return ids.map((id) => byId.get(id) ?? missing(id));
      },
      { what: `${ids.length} events to be projected` },
    ),
  );
}

/** The rows of these sessions' events, in no order, once there are `count`. */
export function projectedSessions(system: System, sessions: readonly string[], count: number): Promise<EventRow[]> {
  return system.withStore((store) =>
    eventually(
      async () => {
        const generation = await liveGeneration(store);
        const { rows } = await store.pool.query<EventRow>(
          `SELECT * FROM ${generation}.events WHERE session = ANY($1::text[])`,
          [sessions],
        );
        if (rows.length !== count) throw new Error(`${rows.length} events are projected`);
        return rows;
      },
      { what: `${count} events of ${sessions.length} sessions to be projected` },
    ),
  );
}

/** How many events of a session the projection holds. */
export function countEvents(system: System, session: string): Promise<number> {
  return system.withStore(async (store) => {
    const generation = await liveGeneration(store);
    const { rows } = await store.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${generation}.events WHERE session = $1`,
      [session],
    );
    return rows[0]?.count ?? 0;
  });
}

/** These events as they lie in the log, found through the index of events. */
export async function loggedEvents(system: System, ids: readonly string[]): Promise<StoredMessage[]> {
  const rows = await projectedEvents(system, ids);
  return system.withLog((log) =>
    Promise.all(
      rows.map(async (row) => {
        const position = { topic: 'events', partition: row.log_partition, offset: offset(row.log_offset) } as const;
        return (await log.read(position)) ?? missing(row.event_id);
      }),
    ),
  );
}

export async function liveGeneration(store: Store): Promise<string> {
  const { rows } = await store.pool.query<{ generation: string }>('SELECT generation FROM ops.pointer');
  const generation = rows[0]?.generation;
  if (generation === undefined) throw new Error('no generation answers reads yet');
  return generation;
}

function missing(id: string): never {
  throw new Error(`event ${id} is not there`);
}
