import {
  encodeMessage,
  newMessageId,
  type RegisterAgent,
  type RegisterAgentVersion,
  type RegisterPerson,
  type Tenant,
} from '@logbook/contracts';
import { agentFact, agentVersionFact, type Appender, type Fact, personFact } from '@logbook/core';
import type { Metrics } from '@logbook/observability';
import { type FactCaches, rememberRegistered } from './known-facts.js';
import type { OverQuota } from '../http/use-cases.js';
import type { NameQuota, NameRegistration } from './name-quota.js';
import { Remembered } from './remembered.js';
import { GATEWAY_SOURCE } from './source.js';

/** The names an event mentions. */
export interface EventNames {
  readonly tenant: Tenant;
  readonly agentName: string;
  readonly agentVersionName: string;
  readonly personId: string | null;
}

interface Registration {
  readonly fact: Fact;
  readonly kind: 'agent' | 'version' | 'person';
  readonly command: (timeMs: number) => NameRegistration;
}

/**
 * Registers the names of events before the events themselves are appended. A name that a cache knows costs nothing; a name
 * that none knows is appended once, however many events wait for it. Registering twice is a no-op in the fold,
 * so losing a cache or a race only costs messages.
 */
export class Registrar {
  private readonly underWay = new Map<Fact, Promise<void>>();
  /** Names of events of which every one is registered, so that an event like an earlier one asks no cache. */
  private readonly registered = new Remembered();

  constructor(
    private readonly appender: Appender,
    private readonly facts: FactCaches,
    private readonly metrics: Metrics,
    private readonly quota?: NameQuota,
  ) {}

  /** Whether an event with these names asks no cache and appends nothing. */
  isRegistered(names: EventNames): boolean {
    return this.registered.has(joined(names));
  }

  /**
   * Resolves once the log, or the spool, holds a register command for every name of every event, all of one tenant; with
   * OVER_QUOTA none was appended. Rejects with `LogUnavailableError`.
   */
  async registerAll(events: readonly EventNames[], timeMs: number): Promise<'REGISTERED' | OverQuota> {
    const strange = new Map<string, EventNames>();
    for (const names of events) {
      const together = joined(names);
      if (!this.registered.has(together)) strange.set(together, names);
    }
    if (strange.size === 0) return 'REGISTERED';
    const registered = await this.registerStrange([...strange.values()], timeMs);
    if (registered !== 'REGISTERED') return registered;
    for (const together of strange.keys()) this.registered.add(together);
    return 'REGISTERED';
  }

  private async registerStrange(events: readonly EventNames[], timeMs: number): Promise<'REGISTERED' | OverQuota> {
    const registrations = new Map<Fact, Registration>();
    for (const names of events) {
      for (const registration of registrationsOf(names)) registrations.set(registration.fact, registration);
    }
    const known = await this.facts.shared.known([...registrations.keys()]);
    const missing = [...registrations.values()].filter((_, index) => known[index] !== true);
    if (missing.length === 0) return 'REGISTERED';
    const admitted = await this.admit(
      missing.filter(({ fact }) => !this.underWay.has(fact)),
      timeMs,
    );
    if (admitted !== 'ADMITTED') return admitted;
    // Asked again: while the quota was, others may have begun with the same names.
    const fresh = missing.filter(({ fact }) => !this.underWay.has(fact));
    if (fresh.length > 0) this.begin(fresh, timeMs);
    // One that is gone from here was acknowledged in the meantime.
    await Promise.all(missing.map(({ fact }) => this.underWay.get(fact) ?? Promise.resolve()));
    return 'REGISTERED';
  }

  private async admit(fresh: readonly Registration[], timeMs: number): Promise<'ADMITTED' | OverQuota> {
    return this.quota === undefined ? 'ADMITTED' : this.quota.admit(fresh.map(({ command }) => command(timeMs)));
  }

  private begin(fresh: readonly Registration[], timeMs: number): void {
    const appended = this.append(fresh, timeMs).finally(() => {
      for (const { fact } of fresh) this.underWay.delete(fact);
    });
    for (const { fact } of fresh) this.underWay.set(fact, appended);
  }

  private async append(registrations: readonly Registration[], timeMs: number): Promise<void> {
    const appended = await this.appender.append(
      'commands',
      registrations.map(({ command }) => encodeMessage(command(timeMs))),
    );
    for (const { kind } of registrations) this.metrics.count('logbook_registrations_appended_total', { kind });
    await rememberRegistered(
      this.facts,
      appended,
      registrations.map(({ fact }) => fact),
    );
  }
}

/** A line feed is no character of a name. */
const joined = ({ tenant, agentName, agentVersionName, personId }: EventNames): string =>
  `${tenant}\n${agentName}\n${agentVersionName}\n${personId ?? ''}`;

function registrationsOf({ tenant, agentName, agentVersionName, personId }: EventNames): Registration[] {
  const attributes = (timeMs: number) => ({ id: newMessageId(), timeMs, source: GATEWAY_SOURCE, tenant });
  const registrations: Registration[] = [
    {
      fact: agentFact(tenant, agentName),
      kind: 'agent',
      command: (timeMs): RegisterAgent => ({
        ...attributes(timeMs),
        type: 'com.logbook.agent.register.v1',
        agentName,
        description: null,
      }),
    },
    {
      fact: agentVersionFact(tenant, agentName, agentVersionName),
      kind: 'version',
      command: (timeMs): RegisterAgentVersion => ({
        ...attributes(timeMs),
        type: 'com.logbook.agent-version.register.v1',
        agentName,
        agentVersionName,
        description: null,
      }),
    },
  ];
  if (personId !== null) {
    registrations.push({
      fact: personFact(tenant, personId),
      kind: 'person',
      command: (timeMs): RegisterPerson => ({
        ...attributes(timeMs),
        type: 'com.logbook.person.register.v1',
        personId,
        propertiesJson: null,
      }),
    });
  }
  return registrations;
}
