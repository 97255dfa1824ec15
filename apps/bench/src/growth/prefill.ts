import { onDatabase } from '../rebuild/bench-servers.js';

/** The tables that the projector fills; it names its first generation so. */
export const GENERATION = 'gen_1';
export const TENANT = 'bench';

/** Names have the same length whatever their number, so that rows of a large table are no wider than those of a small. */
export const sessionName = (number: number): string => `session-${digits(number)}`;
export const personName = (number: number): string => `person-${digits(number)}`;
const digits = (number: number): string => String(number).padStart(NAME_DIGITS, '0');
export const NAME_DIGITS = 7;

/**
 * Writes `count` sessions of one event each, their events and `count` people, as the fold would have, by one statement a
 * table. A message each through the log would take minutes for a million.
 */
export async function prefill(databaseUrl: string, count: number): Promise<void> {
  const run = (statement: string): Promise<unknown> => onDatabase(databaseUrl, statement);
  await run(ENTITY_ID_FUNCTION);
  await run(
    `INSERT INTO ${GENERATION}.people (person_key, tenant, person_id, properties_json, created_at)
     SELECT bench_entity_id('person', tenant, person), tenant, person, '{"plan":"free"}', at
       FROM (${numbered(count)}) AS numbered`,
  );
  await run(
    `INSERT INTO ${GENERATION}.sessions (session_key, tenant, session, agent_name, agent_version_name, person_id,
                                         created_at, last_event_at, event_count, input_tokens, output_tokens, last_model)
     SELECT bench_entity_id('session', tenant, session), tenant, session, 'bench', 'v1', person, at, at, 1, 131, 88,
            'gpt-4o-mini-2024-07-18'
       FROM (${numbered(count)}) AS numbered`,
  );
  await run(
    `INSERT INTO ${GENERATION}.events (tenant, event_id, session, session_key, fingerprint_id, agent_name,
                                       agent_version_name, person_id, recorded_at, api, model, input_tokens,
                                       output_tokens, bytes, log_partition, log_offset)
     SELECT tenant, uuidv7(at - now()), session, bench_entity_id('session', tenant, session),
            '970e9e3c-0b4a-8449-8d7d-ebbfb999dc25', 'bench', 'v1', person, at, 'openai-chat-completions',
            'gpt-4o-mini-2024-07-18', 131, 88, 1400, number % 12, number / 12
       FROM (${numbered(count)}) AS numbered`,
  );
  // Left to the autovacuum, it would be counted with what is measured.
  for (const table of ['people', 'sessions', 'events']) await run(`VACUUM ANALYZE ${GENERATION}.${table}`);
}

/** Ten events a second, the last of them a second ago. */
const numbered = (count: number): string =>
  `SELECT number, '${TENANT}' AS tenant,
          'session-' || lpad(number::text, ${NAME_DIGITS}, '0') AS session,
          'person-' || lpad(number::text, ${NAME_DIGITS}, '0') AS person,
          now() - make_interval(secs => 1 + (${count} - number) / 10.0) AS at
     FROM generate_series(0, ${count} - 1) AS number`;

/** `entityId` of `libs/contracts` in SQL: each part behind its length, SHA-256, and the marks of a UUIDv8. */
const ENTITY_ID_FUNCTION = `
  CREATE FUNCTION bench_entity_id(VARIADIC parts text[]) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(set_byte(set_byte(hash, 6, get_byte(hash, 6) & 15 | 128), 8, get_byte(hash, 8) & 63 | 128), 'hex')::uuid
      FROM (SELECT substr(sha256(string_agg(int4send(octet_length(part)) || convert_to(part, 'UTF8'), ''::bytea
                                            ORDER BY place)), 1, 16) AS hash
              FROM unnest(parts) WITH ORDINALITY AS listed (part, place)) AS hashed
  $$`;

/** Throws where the fold did not find the rows as its own: it would have made new ones, and measured something else. */
export async function requireUnchangedCounts(databaseUrl: string, count: number): Promise<void> {
  const [row] = await onDatabase<{ sessions: string; people: string }>(
    databaseUrl,
    `SELECT (SELECT count(*) FROM ${GENERATION}.sessions)::text AS sessions,
            (SELECT count(*) FROM ${GENERATION}.people)::text AS people`,
  );
  if (row?.sessions !== String(count) || row.people !== String(count)) {
    throw new Error(`${count} sessions and people were there, and now ${row?.sessions} and ${row?.people}`);
  }
}

/** What a row takes on disk, indexes included. */
export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly bytesPerRow: number;
}

export async function tableSizes(databaseUrl: string): Promise<TableSize[]> {
  const tables = ['events', 'sessions', 'people'];
  const rows = await onDatabase<{ name: string; rows: string; bytes: string }>(
    databaseUrl,
    tables
      .map(
        (table) =>
          `SELECT '${table}' AS name, (SELECT count(*) FROM ${GENERATION}.${table})::text AS rows,
                  pg_total_relation_size('${GENERATION}.${table}')::text AS bytes`,
      )
      .join(' UNION ALL '),
  );
  return rows.map(({ name, rows: count, bytes }) => ({
    table: name,
    rows: Number(count),
    bytesPerRow: Number(bytes) / Number(count),
  }));
}
