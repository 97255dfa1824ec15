import type { SqlClient } from '@logbook/subscriber';
import { sqlDay, type Recount } from '../counting/count-calls.js';

/** A number for an edition that nobody has: of those that hold for some day, one more than the highest. */
export async function nextEdition(client: SqlClient): Promise<number> {
  const { rows } = await client.query('SELECT max(edition) + 1 AS edition FROM usage.editions');
  return (rows[0] as { edition: number }).edition;
}

/** From its first day on the edition holds, and no other. */
export async function pointTo(client: SqlClient, { edition, fromDay }: Recount): Promise<void> {
  await client.query('DELETE FROM usage.editions WHERE from_day >= $1::date', [sqlDay(fromDay)]);
  await client.query('INSERT INTO usage.editions VALUES ($1::date, $2)', [sqlDay(fromDay), edition]);
}

const PAGE_ROWS = 20_000;
const REMOVE_COUNTED = `
  WITH page AS (
    SELECT event_id, edition, day FROM usage.counted WHERE (event_id, edition) > ($1::uuid, $2::int)
     ORDER BY event_id, edition LIMIT ${PAGE_ROWS}),
  removed AS (
    DELETE FROM usage.counted USING page
     WHERE counted.event_id = page.event_id AND counted.edition = page.edition AND page.edition <> usage.edition_of(page.day))
  SELECT event_id, edition FROM page ORDER BY event_id DESC, edition DESC LIMIT 1`;

/**
 * Removes what holds for no day: what a replay has replaced, and what one that was interrupted had counted. There may be
 * many ids, so they go page by page: no statement is long, and the service counts meanwhile.
 */
export async function removeOutdated(client: SqlClient): Promise<void> {
  await client.query('DELETE FROM usage.totals WHERE edition <> usage.edition_of(day)');
  let last: { event_id: string; edition: number } | undefined = { event_id: NIL_UUID, edition: 0 };
  while (last !== undefined) {
    const { rows } = await client.query(REMOVE_COUNTED, [last.event_id, last.edition]);
    last = rows[0] as { event_id: string; edition: number } | undefined;
  }
}

const NIL_UUID = '00000000-0000-0000-0000-000000000000';
