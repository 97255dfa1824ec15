import type { SqlClient } from '@logbook/subscriber';
import { tablesExist } from './tables.js';

/** What a tenant's agent used on a day (UTC) with one model. Counts are null where no call told them. */
export interface Totals {
  /** `2026-05-09`. */
  readonly day: string;
  readonly tenant: string;
  readonly agent: string;
  readonly agentVersion: string;
  readonly api: string | null;
  readonly model: string | null;
  readonly calls: number;
  readonly errors: number;
  /** As text: a sum of what clients sent may be beyond 2^53. */
  readonly inputTokens: string | null;
  readonly cachedInputTokens: string | null;
  readonly outputTokens: string | null;
  /** Calls of which the response did not tell the count; they are in no sum. */
  readonly inputUnknownCalls: number;
  readonly outputUnknownCalls: number;
}

export interface TotalsSelection {
  readonly tenant?: string | undefined;
  readonly agent?: string | undefined;
  /** `2026-05-09`. */
  readonly day?: string | undefined;
  readonly rowsMax: number;
}

const SELECT = `
  SELECT day::text, tenant, agent, agent_version AS "agentVersion", api, model, calls::float8, errors::float8,
         CASE WHEN input_unknown_calls < calls THEN input_tokens::text END AS "inputTokens",
         CASE WHEN input_unknown_calls < calls THEN cached_input_tokens::text END AS "cachedInputTokens",
         CASE WHEN output_unknown_calls < calls THEN output_tokens::text END AS "outputTokens",
         input_unknown_calls::float8 AS "inputUnknownCalls", output_unknown_calls::float8 AS "outputUnknownCalls"
    FROM usage.current_totals AS totals
   WHERE ($1::text IS NULL OR tenant = $1) AND ($2::text IS NULL OR agent = $2) AND ($3::date IS NULL OR day = $3::date)
   ORDER BY totals.day DESC, tenant, agent, agent_version, api, model LIMIT $4`;

/** The totals of the newest days first; `undefined` where nothing was ever counted in this database. */
export async function readTotals(
  client: SqlClient,
  { tenant, agent, day, rowsMax }: TotalsSelection,
): Promise<Totals[] | undefined> {
  if (!(await tablesExist(client))) return undefined;
  const { rows } = await client.query(SELECT, [tenant ?? null, agent ?? null, day ?? null, rowsMax]);
  return rows as Totals[];
}
