import { fingerprintRefText, type CommandsNeeds, type CommandsSlice, type FingerprintRef } from '@logbook/projections';
import type { PoolClient } from 'pg';
import { foldOf, type Generation } from '../generations/generation.js';
import { arrayLiteral } from '../sql/column-arrays.js';
import { tableIn } from '../sql/identifiers.js';
import { rowsById } from '../sql/rows-by-id.js';
import { together } from '../sql/together.js';

/** Loads the rows that `foldCommands` needs, one statement a table and none for tables it does not touch, all at once. */
export async function loadCommandsSlice(
  client: PoolClient,
  generation: Generation,
  needs: CommandsNeeds,
): Promise<CommandsSlice> {
  const load = new SliceLoader(client, generation);
  const [fingerprints, lastAgentNumbers, agents, lastAgentVersionNumbers, agentVersions, people] = await together([
    load.fingerprints(needs.fingerprints),
    load.lastAgentNumbers(needs.tenants),
    load.agents(needs.agentIds),
    load.lastAgentVersionNumbers(needs.agentIds),
    load.agentVersions(needs.agentVersionIds),
    load.people(needs.personKeys),
  ]);
  return { fingerprints, lastAgentNumbers, agents, lastAgentVersionNumbers, agentVersions, people };
}

class SliceLoader {
  constructor(
    private readonly client: PoolClient,
    private readonly generation: Generation,
  ) {}

  /** One descent of the primary key each, for the reason that `loadEventsSlice` gives. */
  async fingerprints(refs: readonly FingerprintRef[]): Promise<Set<string>> {
    if (refs.length === 0) return new Set();
    const { rows } = await this.client.query<{ tenant: string; fingerprint_id: string }>(
      `SELECT f.tenant, f.fingerprint_id
         FROM unnest($1::text[], $2::uuid[]) AS wanted (tenant, fingerprint_id)
        CROSS JOIN LATERAL (SELECT tenant, fingerprint_id FROM ${this.table('fingerprints')} x
                             WHERE x.tenant = wanted.tenant AND x.fingerprint_id = wanted.fingerprint_id LIMIT 1) AS f`,
      [
        arrayLiteral(
          'text',
          refs.map(({ tenant }) => tenant),
        ),
        arrayLiteral(
          'uuid',
          refs.map(({ fingerprintId }) => fingerprintId),
        ),
      ],
    );
    return new Set(
      rows.map((row) =>
        fingerprintRefText({ tenant: row.tenant, fingerprintId: row.fingerprint_id } as FingerprintRef),
      ),
    );
  }

  lastAgentNumbers(tenants: readonly string[]): Promise<Map<string, number>> {
    return this.lastNumbers('agents', { owner: 'tenant', type: 'text', number: 'agent_number' }, tenants);
  }

  lastAgentVersionNumbers(agentIds: readonly string[]): Promise<Map<string, number>> {
    const columns = { owner: 'agent_id', type: 'uuid', number: 'agent_version_number' } as const;
    return this.lastNumbers('agent_versions', columns, agentIds);
  }

  agents(ids: readonly string[]): Promise<CommandsSlice['agents']> {
    const table = foldOf(this.generation).tables.agents;
    return rowsById(this.client, this.generation.name, { table, id: 'agentId', ids });
  }

  agentVersions(ids: readonly string[]): Promise<CommandsSlice['agentVersions']> {
    const table = foldOf(this.generation).tables.agentVersions;
    return rowsById(this.client, this.generation.name, { table, id: 'agentVersionId', ids });
  }

  async people(keys: readonly string[]): Promise<CommandsSlice['people']> {
    if (keys.length === 0) return new Map();
    const { rows } = await this.client.query<{ person_key: string; created_at: Date }>(
      `SELECT person_key, created_at FROM ${this.table('people')} WHERE person_key = ANY ($1::uuid[])`,
      [arrayLiteral('uuid', keys)],
    );
    return new Map(rows.map((row) => [row.person_key, { createdAtMs: row.created_at.getTime() }]));
  }

  /** The highest number of each owner, by one descent of the unique index each. */
  private async lastNumbers(
    table: string,
    { owner, type, number }: { readonly owner: string; readonly type: 'text' | 'uuid'; readonly number: string },
    owners: readonly string[],
  ): Promise<Map<string, number>> {
    if (owners.length === 0) return new Map();
    const { rows } = await this.client.query<{ owner: string; last: number }>(
      `SELECT wanted.owner, last.${number} AS last
         FROM unnest($1::${type}[]) AS wanted (owner)
        CROSS JOIN LATERAL (SELECT ${number} FROM ${this.table(table)} t
                             WHERE t.${owner} = wanted.owner ORDER BY ${number} DESC LIMIT 1) AS last`,
      [arrayLiteral(type, owners)],
    );
    return new Map(rows.map((row) => [row.owner, row.last]));
  }

  private table(name: string): string {
    return tableIn(this.generation.name, name);
  }
}
