import {
  agentsTable,
  agentVersionsTable,
  fingerprintRefText,
  type CommandsNeeds,
  type CommandsSlice,
  type FingerprintRef,
} from '@logbook/projections';
import type { PoolClient } from 'pg';
import { arrayLiteral } from '../sql/column-arrays.js';
import { tableIn } from '../sql/identifiers.js';
import { rowOf } from '../sql/row-of.js';

/** Loads the rows that `foldCommands` needs, one statement a table and none for tables it does not touch. */
export async function loadCommandsSlice(
  client: PoolClient,
  generation: string,
  needs: CommandsNeeds,
): Promise<CommandsSlice> {
  const load = new SliceLoader(client, generation);
  return {
    fingerprints: await load.fingerprints(needs.fingerprints),
    lastAgentNumbers: await load.lastAgentNumbers(needs.tenants),
    agents: await load.agents(needs.agentIds),
    lastAgentVersionNumbers: await load.lastAgentVersionNumbers(needs.agentIds),
    agentVersions: await load.agentVersions(needs.agentVersionIds),
    people: await load.people(needs.personKeys),
  };
}

class SliceLoader {
  constructor(
    private readonly client: PoolClient,
    private readonly generation: string,
  ) {}

  async fingerprints(refs: readonly FingerprintRef[]): Promise<Set<string>> {
    if (refs.length === 0) return new Set();
    const { rows } = await this.client.query<{ tenant: string; fingerprint_id: string }>(
      `SELECT f.tenant, f.fingerprint_id
         FROM unnest($1::text[], $2::uuid[]) AS wanted (tenant, fingerprint_id)
         JOIN ${this.table('fingerprints')} f USING (tenant, fingerprint_id)`,
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

  /** The highest number of each owner, by one descent of the unique index each. */
  async lastAgentNumbers(tenants: readonly string[]): Promise<Map<string, number>> {
    if (tenants.length === 0) return new Map();
    const { rows } = await this.client.query<{ owner: string; last: number }>(
      `SELECT wanted.tenant AS owner, last.agent_number AS last
         FROM unnest($1::text[]) AS wanted (tenant)
        CROSS JOIN LATERAL (SELECT agent_number FROM ${this.table('agents')} a
                             WHERE a.tenant = wanted.tenant ORDER BY agent_number DESC LIMIT 1) AS last`,
      [arrayLiteral('text', tenants)],
    );
    return new Map(rows.map(({ owner, last }) => [owner, last]));
  }

  async lastAgentVersionNumbers(agentIds: readonly string[]): Promise<Map<string, number>> {
    if (agentIds.length === 0) return new Map();
    const { rows } = await this.client.query<{ owner: string; last: number }>(
      `SELECT wanted.agent_id AS owner, last.agent_version_number AS last
         FROM unnest($1::uuid[]) AS wanted (agent_id)
        CROSS JOIN LATERAL (SELECT agent_version_number FROM ${this.table('agent_versions')} v
                             WHERE v.agent_id = wanted.agent_id ORDER BY agent_version_number DESC LIMIT 1) AS last`,
      [arrayLiteral('uuid', agentIds)],
    );
    return new Map(rows.map(({ owner, last }) => [owner, last]));
  }

  async agents(ids: readonly string[]): Promise<CommandsSlice['agents']> {
    const rows = await this.byId('agents', 'agent_id', ids);
    return new Map(rows.map((raw) => rowOf(agentsTable, raw)).map((row) => [row.agentId, row]));
  }

  async agentVersions(ids: readonly string[]): Promise<CommandsSlice['agentVersions']> {
    const rows = await this.byId('agent_versions', 'agent_version_id', ids);
    return new Map(rows.map((raw) => rowOf(agentVersionsTable, raw)).map((row) => [row.agentVersionId, row]));
  }

  async people(keys: readonly string[]): Promise<CommandsSlice['people']> {
    if (keys.length === 0) return new Map();
    const { rows } = await this.client.query<{ person_key: string; created_at: Date }>(
      `SELECT person_key, created_at FROM ${this.table('people')} WHERE person_key = ANY ($1::uuid[])`,
      [arrayLiteral('uuid', keys)],
    );
    return new Map(rows.map((row) => [row.person_key, { createdAtMs: row.created_at.getTime() }]));
  }

  private async byId(table: string, idColumn: string, ids: readonly string[]): Promise<Record<string, unknown>[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.client.query<Record<string, unknown>>(
      `SELECT * FROM ${this.table(table)} WHERE ${idColumn} = ANY ($1::uuid[])`,
      [arrayLiteral('uuid', ids)],
    );
    return rows;
  }

  private table(name: string): string {
    return tableIn(this.generation, name);
  }
}
