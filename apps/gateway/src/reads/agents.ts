import { agentsKey } from '@logbook/contracts';
import { agentFact, type FactCache } from '@logbook/core';
import { type AgentRow, descriptionOf } from '@logbook/projections';
import type { ProjectionReader } from '@logbook/store';
import {
  type AgentName,
  Agents,
  type AgentView,
  type Changes,
  type NotAppended,
  type Unavailable,
} from '../http/use-cases.js';
import { orUnavailable, unavailable } from '../unavailable.js';
import type { EntityWriter } from './entity-writer.js';
import type { Visibility } from './visibility.js';

/** What entities are read from. */
export type EntityReader = Pick<ProjectionReader, 'agent' | 'agentVersion' | 'person'>;

export interface EntityOptions {
  readonly reader: EntityReader;
  readonly visibility: Visibility;
  readonly writer: EntityWriter;
  readonly facts: FactCache;
}

type Found = { readonly outcome: 'FOUND'; readonly agent: AgentView };
type NotFound = { readonly outcome: 'AGENT_NOT_FOUND' };

/** Agents as the wire contract has them: written through the log, read from the projections. */
export class ProjectedAgents extends Agents {
  constructor(private readonly options: EntityOptions) {
    super();
  }

  override get(name: AgentName): Promise<Found | NotFound | Unavailable> {
    return orUnavailable(() => this.find(name));
  }

  override create(
    agent: AgentName & { readonly description: string | null },
  ): Promise<Found | Unavailable | NotAppended> {
    return orUnavailable(async () => {
      const { writer, facts } = this.options;
      const written = await writer.write({
        ...writer.attributes(agent.tenant),
        type: 'com.logbook.agent.register.v1',
        agentName: agent.agentName,
        description: agent.description,
      });
      if (written !== 'VISIBLE') return written;
      await facts.remember([agentFact(agent.tenant, agent.agentName)]);
      return this.written(agent);
    });
  }

  override change(agent: AgentName & Changes): Promise<Found | NotFound | Unavailable | NotAppended> {
    return orUnavailable(async () => {
      const current = await this.find(agent);
      if (current.outcome !== 'FOUND') return current;
      if (agent.description === undefined && agent.deprecated === undefined) return current;
      const { writer } = this.options;
      const written = await writer.write({
        ...writer.attributes(agent.tenant),
        type: 'com.logbook.agent.update.v1',
        agentName: agent.agentName,
        description: agent.description,
        deprecated: agent.deprecated,
      });
      return written === 'VISIBLE' ? this.written(agent) : written;
    });
  }

  private async find({ tenant, agentName }: AgentName): Promise<Found | NotFound | Unavailable> {
    const { reader, visibility } = this.options;
    const found = await visibility.find(agentsKey(tenant), () => reader.agent(tenant, agentName));
    if (found.outcome === 'ABSENT') return { outcome: 'AGENT_NOT_FOUND' };
    return found.outcome === 'FOUND' ? { outcome: 'FOUND', agent: viewOf(found.value) } : found;
  }

  /** What was just written and is visible; absent only if a generation was dropped in between. */
  private async written(name: AgentName): Promise<Found | Unavailable> {
    const found = await this.find(name);
    return found.outcome === 'AGENT_NOT_FOUND' ? unavailable('the projections are being rebuilt') : found;
  }
}

const viewOf = (row: AgentRow): AgentView => ({
  agentName: row.agentName,
  description: descriptionOf(row.descriptionJson),
  agentNumber: row.agentNumber,
  createdAt: new Date(row.createdAtMs),
  deprecatedAt: row.deprecatedAtMs === null ? null : new Date(row.deprecatedAtMs),
});
