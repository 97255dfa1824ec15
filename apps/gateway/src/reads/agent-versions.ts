import { agentsKey } from '@logbook/contracts';
import { agentFact, agentVersionFact } from '@logbook/core';
import { type AgentVersionRow, descriptionOf } from '@logbook/projections';
import {
  type AgentName,
  type AgentVersionName,
  AgentVersions,
  type AgentVersionView,
  type Changes,
  type NotAppended,
  type Unavailable,
} from '../http/use-cases.js';
import { orUnavailable, unavailable } from '../unavailable.js';
import type { EntityOptions } from './agents.js';

type Found = { readonly outcome: 'FOUND'; readonly agentVersion: AgentVersionView };
type AgentNotFound = { readonly outcome: 'AGENT_NOT_FOUND' };
type NotFound = AgentNotFound | { readonly outcome: 'AGENT_VERSION_NOT_FOUND' };

/** Versions of agents. One key orders an agent and its versions, so one wait covers both. */
export class ProjectedAgentVersions extends AgentVersions {
  constructor(private readonly options: EntityOptions) {
    super();
  }

  override get(name: AgentVersionName): Promise<Found | NotFound | Unavailable> {
    return orUnavailable(() => this.find(name));
  }

  override create(
    version: AgentVersionName & { readonly description: string | null },
  ): Promise<Found | AgentNotFound | Unavailable | NotAppended> {
    return orUnavailable(async () => {
      const agent = await this.findAgent(version);
      if (agent.outcome !== 'FOUND') return agent;
      const { writer, facts } = this.options;
      const written = await writer.write({
        ...writer.attributes(version.tenant),
        type: 'com.logbook.agent-version.register.v1',
        agentName: version.agentName,
        agentVersionName: version.agentVersionName,
        description: version.description,
      });
      if (written !== 'VISIBLE') return written;
      await facts.remember([
        agentFact(version.tenant, version.agentName),
        agentVersionFact(version.tenant, version.agentName, version.agentVersionName),
      ]);
      return this.written(version);
    });
  }

  override change(version: AgentVersionName & Changes): Promise<Found | NotFound | Unavailable | NotAppended> {
    return orUnavailable(async () => {
      const current = await this.find(version);
      if (current.outcome !== 'FOUND') return current;
      if (version.description === undefined && version.deprecated === undefined) return current;
      const { writer } = this.options;
      const written = await writer.write({
        ...writer.attributes(version.tenant),
        type: 'com.logbook.agent-version.update.v1',
        agentName: version.agentName,
        agentVersionName: version.agentVersionName,
        description: version.description,
        deprecated: version.deprecated,
      });
      return written === 'VISIBLE' ? this.written(version) : written;
    });
  }

  private async find(name: AgentVersionName): Promise<Found | NotFound | Unavailable> {
    const { reader, visibility } = this.options;
    const key = agentsKey(name.tenant);
    const found = await visibility.find(key, async () => {
      const reading = await reader.agentVersion(name.tenant, name.agentName, name.agentVersionName);
      return reading.state === 'READY' ? { ...reading, value: reading.value.version } : reading;
    });
    if (found.outcome === 'FOUND') return { outcome: 'FOUND', agentVersion: viewOf(found.value) };
    if (found.outcome === 'UNAVAILABLE') return found;
    const agent = await this.findAgent(name);
    return agent.outcome === 'FOUND' ? { outcome: 'AGENT_VERSION_NOT_FOUND' } : agent;
  }

  private async findAgent({ tenant, agentName }: AgentName) {
    const { reader, visibility } = this.options;
    const found = await visibility.find(agentsKey(tenant), () => reader.agent(tenant, agentName));
    return found.outcome === 'ABSENT' ? ({ outcome: 'AGENT_NOT_FOUND' } as const) : found;
  }

  /** What was just written and is visible; absent only if a generation was dropped in between. */
  private async written(name: AgentVersionName): Promise<Found | Unavailable> {
    const found = await this.find(name);
    return found.outcome === 'FOUND' || found.outcome === 'UNAVAILABLE'
      ? found
      : unavailable('the projections are being rebuilt');
  }
}

const viewOf = (row: AgentVersionRow): AgentVersionView => ({
  agentVersionName: row.agentVersionName,
  description: descriptionOf(row.descriptionJson),
  agentVersionNumber: row.agentVersionNumber,
  createdAt: new Date(row.createdAtMs),
  deprecatedAt: row.deprecatedAtMs === null ? null : new Date(row.deprecatedAtMs),
});
