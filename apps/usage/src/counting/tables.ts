import type { SqlClient } from '@logbook/subscriber';

/** Positions, totals and all else of this service, for nobody else to write. */
export const SCHEMA = 'usage';

/**
 * Totals and what is counted in them are of an edition. `editions` says which one holds for a day: that with the latest `from_day`
 * not after it; rows of the others are being counted by a replay, or are what one has replaced. All but the keys of `totals` are counters,
 * safe because they move with the position and once for each id. Sums are numeric: what clients send as counts may pass 64 bits together.
 */
const TABLES = `
  CREATE SCHEMA IF NOT EXISTS usage;
  CREATE TABLE IF NOT EXISTS usage.totals (
    edition integer NOT NULL, totals_id uuid NOT NULL,
    day date NOT NULL, tenant text NOT NULL, agent text NOT NULL, agent_version text NOT NULL, api text, model text,
    calls bigint NOT NULL, errors bigint NOT NULL,
    input_tokens numeric NOT NULL, cached_input_tokens numeric NOT NULL, output_tokens numeric NOT NULL,
    input_unknown_calls bigint NOT NULL, output_unknown_calls bigint NOT NULL,
    PRIMARY KEY (edition, totals_id));
  CREATE INDEX IF NOT EXISTS totals_by_day ON usage.totals (day, tenant);
  CREATE TABLE IF NOT EXISTS usage.counted (
    event_id uuid NOT NULL, edition integer NOT NULL, day date NOT NULL, PRIMARY KEY (event_id, edition));
  CREATE TABLE IF NOT EXISTS usage.editions (from_day date PRIMARY KEY, edition integer NOT NULL);
  INSERT INTO usage.editions VALUES ('-infinity', 1) ON CONFLICT DO NOTHING;
  CREATE OR REPLACE FUNCTION usage.edition_of(day date) RETURNS integer LANGUAGE sql STABLE AS
    $$ SELECT edition FROM usage.editions WHERE from_day <= day ORDER BY from_day DESC LIMIT 1 $$;
  CREATE OR REPLACE VIEW usage.current_totals AS
    SELECT day, tenant, agent, agent_version, api, model, calls, errors, input_tokens, cached_input_tokens, output_tokens,
           input_unknown_calls, output_unknown_calls
      FROM usage.totals WHERE edition = usage.edition_of(day);
`;

/** Whether the service has ever counted here. */
export async function tablesExist(client: SqlClient): Promise<boolean> {
  const { rows } = await client.query(`SELECT to_regclass('usage.current_totals') IS NOT NULL AS exist`);
  return (rows[0] as { exist: boolean }).exist;
}

/** Makes what is missing, inside the transaction of the caller. Those that come at once wait for each other. */
export async function ensureTables(client: SqlClient): Promise<void> {
  if (await tablesExist(client)) return;
  await client.query(`SELECT pg_advisory_xact_lock(hashtext('logbook usage tables'))`);
  await client.query(TABLES);
}
