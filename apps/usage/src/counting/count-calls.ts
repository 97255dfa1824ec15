import type { SqlClient } from '@logbook/subscriber';
import { dayStartMs, type Call } from './call.js';

/** What a replay counts: days from `fromDay` on (all of them where it is null), into an edition that nobody reads yet. */
export interface Recount {
  readonly edition: number;
  /** Days since 1970-01-01. */
  readonly fromDay: number | null;
}

/**
 * Of the calls given, those are fresh whose id is counted nowhere: not in the edition they go into, and not in one that holds. A replay
 * looks only at the days that it leaves as they are. Rows are taken in one order, so that transactions do not wait in a circle.
 */
const COUNT = `
  WITH given AS (
    SELECT event_id, totals_id, DATE '1970-01-01' + day AS day, tenant, agent, agent_version, api, model,
           failed, input_tokens, cached_input_tokens, output_tokens
      FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                  $9::bool[], $10::bigint[], $11::bigint[], $12::bigint[])
        AS call (event_id, totals_id, day, tenant, agent, agent_version, api, model,
                 failed, input_tokens, cached_input_tokens, output_tokens)),
  fresh AS (
    INSERT INTO usage.counted (event_id, edition, day)
    SELECT event_id, COALESCE($13::int, usage.edition_of(day)), day FROM given
     WHERE NOT EXISTS (SELECT FROM usage.counted JOIN usage.editions USING (edition)
                        WHERE counted.event_id = given.event_id AND counted.day < $14::date)
    ON CONFLICT DO NOTHING RETURNING event_id, edition)
  INSERT INTO usage.totals AS total (
    edition, totals_id, day, tenant, agent, agent_version, api, model, calls, errors,
    input_tokens, cached_input_tokens, output_tokens, input_unknown_calls, output_unknown_calls)
  SELECT edition, totals_id, day, tenant, agent, agent_version, api, model, count(*), count(*) FILTER (WHERE failed),
         COALESCE(sum(input_tokens), 0), COALESCE(sum(cached_input_tokens), 0), COALESCE(sum(output_tokens), 0),
         count(*) FILTER (WHERE input_tokens IS NULL), count(*) FILTER (WHERE output_tokens IS NULL)
    FROM fresh JOIN given USING (event_id)
   GROUP BY edition, totals_id, day, tenant, agent, agent_version, api, model
   ORDER BY edition, totals_id
  ON CONFLICT (edition, totals_id) DO UPDATE SET
    calls = total.calls + excluded.calls,
    errors = total.errors + excluded.errors,
    input_tokens = total.input_tokens + excluded.input_tokens,
    cached_input_tokens = total.cached_input_tokens + excluded.cached_input_tokens,
    output_tokens = total.output_tokens + excluded.output_tokens,
    input_unknown_calls = total.input_unknown_calls + excluded.input_unknown_calls,
    output_unknown_calls = total.output_unknown_calls + excluded.output_unknown_calls`;

/**
 * Adds calls to the totals of their days, each id once however often it comes. `calls` holds each id once.
 * Without `recount` each goes into the edition that holds for its day.
 */
export async function countCalls(client: SqlClient, calls: readonly Call[], recount?: Recount): Promise<void> {
  const counted = calls.filter(({ day }) => recount === undefined || day >= (recount.fromDay ?? day));
  if (counted.length === 0) return;
  const column = <Name extends keyof Call>(name: Name): Call[Name][] => counted.map((call) => call[name]);
  await client.query(COUNT, [
    column('eventId'),
    column('totalsId'),
    column('day'),
    column('tenant'),
    column('agent'),
    column('agentVersion'),
    column('api'),
    column('model'),
    column('failed'),
    column('inputTokens'),
    column('cachedInputTokens'),
    column('outputTokens'),
    recount?.edition ?? null,
    recount === undefined ? 'infinity' : sqlDay(recount.fromDay),
  ]);
}

/** A day as Postgres takes it; null is before all others. */
export const sqlDay = (day: number | null): string =>
  day === null ? '-infinity' : new Date(dayStartMs(day)).toISOString().slice(0, 10);
