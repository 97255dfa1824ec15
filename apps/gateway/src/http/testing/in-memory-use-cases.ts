import { eventId, fingerprintId, tenant, apiKeyId, type Tenant } from '@logbook/contracts';
import type { Authentication } from '@logbook/core';
import { KeyRing } from '../../keys/key-ring.js';
import type { UseCases } from '../gateway-http.module.js';
import {
  Agents,
  AgentVersions,
  EventIntake,
  Fingerprints,
  Health,
  Metrics,
  People,
  type AgentName,
  type AgentVersionName,
  type AgentVersionView,
  type AgentView,
  type Changes,
  type EventOutcome,
  type EventToRecord,
  type FingerprintFields,
  type FingerprintOutcome,
  type HealthReport,
  type PersonName,
  type PersonView,
  type Unavailable,
} from '../use-cases.js';

/** The use-case ports kept in maps, for tests of the shell alone. `down` makes every call answer UNAVAILABLE. */
export const VALID_KEY = 'valid-key';
export const DISABLED_KEY = 'key-of-a-disabled-tenant';
export const TENANT: Tenant = tenant('acme');
export const EVENT_ID = eventId('0198c0de-0000-7000-8000-000000000001');
export const FINGERPRINT_ID = fingerprintId('0198c0de-0000-8000-8000-0000000000fa');
export const UNKNOWN_FINGERPRINT_ID = fingerprintId('0198c0de-0000-8000-8000-0000000000fb');
export const CREATED_AT = new Date('2026-05-09T07:29:33.120Z');
const UNAVAILABLE: Unavailable = { outcome: 'UNAVAILABLE', retryAfterSeconds: 2.5, reason: 'the log does not answer' };

export class InMemoryKeyRing extends KeyRing {
  /** Every key that was looked at. */
  readonly asked: string[] = [];

  override authenticate(key: string): Authentication {
    this.asked.push(key);
    if (key === DISABLED_KEY) return { state: 'TENANT_DISABLED' };
    if (key !== VALID_KEY) return { state: 'UNKNOWN' };
    return { state: 'VALID', tenant: TENANT, apiKeyId: apiKeyId('0123456789abcdef') };
  }
}

export class InMemoryEvents extends EventIntake {
  readonly recorded: EventToRecord[] = [];
  outcome: EventOutcome = { outcome: 'RECORDED', id: EVENT_ID };
  failure: Error | undefined;
  /** What answers wait for, with the event already recorded. */
  answers: Promise<void> = Promise.resolve();

  override record(event: EventToRecord): Promise<EventOutcome> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (event.fingerprintId === UNKNOWN_FINGERPRINT_ID) return Promise.resolve({ outcome: 'FINGERPRINT_NOT_FOUND' });
    this.recorded.push(event);
    return this.answers.then(() => this.outcome);
  }

  override recordAll(events: readonly EventToRecord[]): Promise<EventOutcome[]> {
    return Promise.all(events.map((event) => this.record(event)));
  }
}

export class InMemoryFingerprints extends Fingerprints {
  readonly registered: FingerprintFields[] = [];

  override register({ fields }: { fields: FingerprintFields }): Promise<FingerprintOutcome> {
    this.registered.push(fields);
    return Promise.resolve({ outcome: 'REGISTERED', fingerprintId: FINGERPRINT_ID });
  }
}

export class InMemoryAgents extends Agents {
  readonly views = new Map<string, AgentView>();
  down = false;

  override async get({ agentName }: AgentName) {
    if (this.down) return UNAVAILABLE;
    const agent = this.views.get(agentName);
    return agent === undefined ? ({ outcome: 'AGENT_NOT_FOUND' } as const) : ({ outcome: 'FOUND', agent } as const);
  }

  override async create({ agentName, description }: AgentName & { description: string | null }) {
    const agent = this.views.get(agentName) ?? {
      agentName,
      description,
      agentNumber: this.views.size + 1,
      createdAt: CREATED_AT,
      deprecatedAt: null,
    };
    this.views.set(agentName, agent);
    return { outcome: 'FOUND', agent } as const;
  }

  override async change({ agentName, ...changes }: AgentName & Changes) {
    const found = await this.get({ agentName, tenant: TENANT });
    if (found.outcome !== 'FOUND') return found;
    const agent = { ...found.agent, ...changed(changes, found.agent) };
    this.views.set(agentName, agent);
    return { outcome: 'FOUND', agent } as const;
  }
}

export class InMemoryAgentVersions extends AgentVersions {
  readonly views = new Map<string, AgentVersionView>();

  constructor(private readonly agents: InMemoryAgents) {
    super();
  }

  override async get({ agentName, agentVersionName }: AgentVersionName) {
    if (!this.agents.views.has(agentName)) return { outcome: 'AGENT_NOT_FOUND' } as const;
    const agentVersion = this.views.get(`${agentName}\n${agentVersionName}`);
    if (agentVersion === undefined) return { outcome: 'AGENT_VERSION_NOT_FOUND' } as const;
    return { outcome: 'FOUND', agentVersion } as const;
  }

  override async create(version: AgentVersionName & { description: string | null }) {
    const { agentName, agentVersionName, description } = version;
    if (!this.agents.views.has(agentName)) return { outcome: 'AGENT_NOT_FOUND' } as const;
    const agentVersion = {
      agentVersionName,
      description,
      agentVersionNumber: 1,
      createdAt: CREATED_AT,
      deprecatedAt: null,
    };
    this.views.set(`${agentName}\n${agentVersionName}`, agentVersion);
    return { outcome: 'FOUND', agentVersion } as const;
  }

  override async change({ tenant: owner, agentName, agentVersionName, ...changes }: AgentVersionName & Changes) {
    const found = await this.get({ tenant: owner, agentName, agentVersionName });
    if (found.outcome !== 'FOUND') return found;
    const agentVersion = { ...found.agentVersion, ...changed(changes, found.agentVersion) };
    this.views.set(`${agentName}\n${agentVersionName}`, agentVersion);
    return { outcome: 'FOUND', agentVersion } as const;
  }
}

type Changeable = Pick<AgentView, 'description' | 'deprecatedAt'>;
function changed({ description, deprecated }: Changes, before: Changeable): Changeable {
  const deprecatedAt = deprecated === undefined ? before.deprecatedAt : deprecated ? CREATED_AT : null;
  return { description: description === undefined ? before.description : description, deprecatedAt };
}

export class InMemoryPeople extends People {
  readonly views = new Map<string, PersonView>();

  override async get({ personId }: PersonName) {
    const person = this.views.get(personId);
    return person === undefined ? ({ outcome: 'PERSON_NOT_FOUND' } as const) : ({ outcome: 'FOUND', person } as const);
  }

  override async create({ personId, propertiesJson }: PersonName & { propertiesJson: string | null }) {
    const before = this.views.get(personId)?.propertiesJson ?? null;
    const person = { personId, propertiesJson: propertiesJson ?? before, createdAt: CREATED_AT };
    this.views.set(personId, person);
    return { outcome: 'FOUND', person } as const;
  }

  override async update({ personId, propertiesJson }: PersonName & { propertiesJson: string }) {
    if (!this.views.has(personId)) return { outcome: 'PERSON_NOT_FOUND' } as const;
    return this.create({ tenant: TENANT, personId, propertiesJson });
  }
}

export class InMemoryHealth extends Health {
  report: HealthReport = { ok: true, checks: { log: 'up', cache: 'down' } };

  override live(): Promise<HealthReport> {
    return Promise.resolve(this.report);
  }

  override ready(): Promise<HealthReport> {
    return Promise.resolve(this.report);
  }
}

class InMemoryMetrics extends Metrics {
  override text(): Promise<string> {
    return Promise.resolve('# TYPE logbook_up gauge\nlogbook_up 1\n');
  }
}

export class InMemoryUseCases implements UseCases {
  readonly events = new InMemoryEvents();
  readonly fingerprints = new InMemoryFingerprints();
  readonly agents = new InMemoryAgents();
  readonly agentVersions = new InMemoryAgentVersions(this.agents);
  readonly people = new InMemoryPeople();
  readonly health = new InMemoryHealth();
  readonly metrics = new InMemoryMetrics();
}
