import type { Command, RegisterAgent, RegisterAgentVersion, RegisterPerson } from '@logbook/contracts';
import {
  agentFact,
  agentVersionFact,
  DependencyUnavailableError,
  type Fact,
  type FactCache,
  personFact,
  type RateLimiter,
} from '@logbook/core';
import type { ProjectionReader, Read } from '@logbook/store';
import type { OverQuota } from '../http/use-cases.js';

/** Brings up a name, unless it exists. */
export type NameRegistration = RegisterAgent | RegisterAgentVersion | RegisterPerson;

const NAME_REGISTRATIONS: ReadonlySet<Command['type']> = new Set([
  'com.logbook.agent.register.v1',
  'com.logbook.agent-version.register.v1',
  'com.logbook.person.register.v1',
]);
export const isNameRegistration = (command: Command): command is NameRegistration =>
  NAME_REGISTRATIONS.has(command.type);

export interface NameQuotaOptions {
  readonly limiter: RateLimiter;
  readonly facts: FactCache;
  readonly reader: Pick<ProjectionReader, 'agent' | 'agentVersion' | 'person'>;
}

/**
 * How many names (agents, versions, people) a tenant may bring up: each stays for ever. A name that exists is not counted, nor is
 * one of which that cannot be known: a cache that is cold, or projections that are away, must not cost events.
 */
export class NameQuota {
  constructor(private readonly options: NameQuotaOptions) {}

  /** Counts the new ones among names of one tenant, all of them or none. */
  async admit(registrations: readonly NameRegistration[]): Promise<'ADMITTED' | OverQuota> {
    const { limiter, facts } = this.options;
    const [first] = registrations;
    if (first === undefined) return 'ADMITTED';
    const known = await facts.known(registrations.map(factOf));
    const strange = registrations.filter((_, index) => known[index] !== true);
    const stored = await Promise.all(strange.map((registration) => this.isStored(registration)));
    await facts.remember(strange.filter((_, index) => stored[index] === true).map(factOf));
    const fresh = stored.filter((isStored) => isStored === false).length;
    if (fresh === 0) return 'ADMITTED';
    const { state, resetMs } = await limiter.consume(first.tenant, fresh);
    return state === 'WITHIN' ? 'ADMITTED' : { outcome: 'OVER_QUOTA', retryAfterMs: resetMs };
  }

  /** `undefined` when no projection can answer. */
  private async isStored(registration: NameRegistration): Promise<boolean | undefined> {
    try {
      return await this.read(registration);
    } catch (error) {
      if (error instanceof DependencyUnavailableError) return undefined;
      throw error;
    }
  }

  private async read(registration: NameRegistration): Promise<boolean | undefined> {
    const { reader } = this.options;
    const { tenant } = registration;
    switch (registration.type) {
      case 'com.logbook.agent.register.v1':
        return isThere(await reader.agent(tenant, registration.agentName), (agent) => agent);
      case 'com.logbook.agent-version.register.v1': {
        const { agentName, agentVersionName } = registration;
        return isThere(await reader.agentVersion(tenant, agentName, agentVersionName), ({ version }) => version);
      }
      case 'com.logbook.person.register.v1':
        return isThere(await reader.person(tenant, registration.personId), (person) => person);
    }
  }
}

const isThere = <T>(reading: Read<T>, rowOf: (value: T) => object | null): boolean | undefined =>
  reading.state === 'READY' ? rowOf(reading.value) !== null : undefined;

function factOf(registration: NameRegistration): Fact {
  const { tenant } = registration;
  switch (registration.type) {
    case 'com.logbook.agent.register.v1':
      return agentFact(tenant, registration.agentName);
    case 'com.logbook.agent-version.register.v1':
      return agentVersionFact(tenant, registration.agentName, registration.agentVersionName);
    case 'com.logbook.person.register.v1':
      return personFact(tenant, registration.personId);
  }
}
