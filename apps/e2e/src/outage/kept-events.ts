import type { System } from '../harness/system.js';
import { everyMessage } from '../log-contents.js';
import { pointedTo } from '../rows.js';

/** What log and projection hold of the events of a system. */
export interface KeptEvents {
  /** How often the log holds each event, by its id; more than once where an append was repeated. */
  readonly inLog: ReadonlyMap<string, number>;
  /** The person of each row, by the id of its event. */
  readonly rows: ReadonlyMap<string, string | null>;
}

/** Reads the whole log, and the rows of the generation that readers are pointed to. */
export async function keptEvents(system: System): Promise<KeptEvents> {
  const inLog = new Map<string, number>();
  await system.withLog(async (log) => {
    for await (const { headers } of everyMessage(log, ['events'])) {
      const id = String(headers['ce_id']);
      inLog.set(id, (inLog.get(id) ?? 0) + 1);
    }
  });
  const rows = await system.withStore(async (store) => {
    const generation = await pointedTo(store);
    const found = await store.pool.query<{ event_id: string; person_id: string | null }>(
      `SELECT event_id, person_id FROM ${generation}.events`,
    );
    // A row each: a second one of the same event would be lost in the map.
    if (new Set(found.rows.map(({ event_id: id }) => id)).size !== found.rows.length)
      throw new Error('an event is more than one row');
    return new Map(found.rows.map((row) => [row.event_id, row.person_id] as const));
  });
  return { inLog, rows };
}

/** What is wrong with what is kept of events that were acknowledged, in a few words each; empty where all is well. */
export function losses(
  { inLog, rows }: KeptEvents,
  acknowledged: { readonly ids: readonly string[]; readonly persons: readonly string[] },
): string[] {
  const persons = new Map<string, number>();
  for (const person of rows.values()) if (person !== null) persons.set(person, (persons.get(person) ?? 0) + 1);
  return [
    ...acknowledged.ids.filter((id) => !inLog.has(id)).map((id) => `${id} is not in the log`),
    ...acknowledged.ids.filter((id) => !rows.has(id)).map((id) => `${id} is no row`),
    ...acknowledged.persons
      .filter((person) => persons.get(person) !== 1)
      .map((person) => `the event of ${person} is ${persons.get(person) ?? 0} rows`),
    ...[...rows.keys()].filter((id) => !inLog.has(id)).map((id) => `${id} is a row and not in the log`),
    ...[...inLog.keys()].filter((id) => !rows.has(id)).map((id) => `${id} is in the log and no row`),
  ];
}
