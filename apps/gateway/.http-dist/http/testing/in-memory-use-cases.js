import { eventId, fingerprintId, tenant, apiKeyId } from '@logbook/contracts';
import { KeyRing } from '../../keys/key-ring.js';
import { Agents, AgentVersions, EventIntake, Fingerprints, Health, Metrics, People, } from '../use-cases.js';
/** The use-case ports kept in maps, for tests of the shell alone. `down` makes every call answer UNAVAILABLE. */
export const VALID_KEY = 'valid-key';
export const DISABLED_KEY = 'key-of-a-disabled-tenant';
export const TENANT = tenant('acme');
export const EVENT_ID = eventId('0198c0de-0000-7000-8000-000000000001');
export const FINGERPRINT_ID = fingerprintId('0198c0de-0000-8000-8000-0000000000fa');
export const UNKNOWN_FINGERPRINT_ID = fingerprintId('0198c0de-0000-8000-8000-0000000000fb');
export const CREATED_AT = new Date('2026-05-09T07:29:33.120Z');
const UNAVAILABLE = { outcome: 'UNAVAILABLE', retryAfterSeconds: 2.5, reason: 'the log does not answer' };
export class InMemoryKeyRing extends KeyRing {
    /** Every key that was looked at. */
    asked = [];
    authenticate(key) {
        this.asked.push(key);
        if (key === DISABLED_KEY)
            return { state: 'TENANT_DISABLED' };
        if (key !== VALID_KEY)
            return { state: 'UNKNOWN' };
        return { state: 'VALID', tenant: TENANT, apiKeyId: apiKeyId('0123456789abcdef') };
    }
}
export class InMemoryEvents extends EventIntake {
    recorded = [];
    outcome = { outcome: 'RECORDED', id: EVENT_ID };
    failure;
    record(event) {
        if (this.failure !== undefined)
            return Promise.reject(this.failure);
        if (event.fingerprintId === UNKNOWN_FINGERPRINT_ID)
            return Promise.resolve({ outcome: 'FINGERPRINT_NOT_FOUND' });
        this.recorded.push(event);
        return Promise.resolve(this.outcome);
    }
}
export class InMemoryFingerprints extends Fingerprints {
    registered = [];
    register({ fields }) {
        this.registered.push(fields);
        return Promise.resolve({ outcome: 'REGISTERED', fingerprintId: FINGERPRINT_ID });
    }
}
export class InMemoryAgents extends Agents {
    views = new Map();
    down = false;
    async get({ agentName }) {
        if (this.down)
            return UNAVAILABLE;
        const agent = this.views.get(agentName);
        return agent === undefined ? { outcome: 'AGENT_NOT_FOUND' } : { outcome: 'FOUND', agent };
    }
    async create({ agentName, description }) {
        const agent = this.views.get(agentName) ?? {
            agentName,
            description,
            agentNumber: this.views.size + 1,
            createdAt: CREATED_AT,
            deprecatedAt: null,
        };
        this.views.set(agentName, agent);
        return { outcome: 'FOUND', agent };
    }
    async change({ agentName, ...changes }) {
        const found = await this.get({ agentName, tenant: TENANT });
        if (found.outcome !== 'FOUND')
            return found;
        const agent = { ...found.agent, ...changed(changes, found.agent) };
        this.views.set(agentName, agent);
        return { outcome: 'FOUND', agent };
    }
}
export class InMemoryAgentVersions extends AgentVersions {
    agents;
    views = new Map();
    constructor(agents) {
        super();
        this.agents = agents;
    }
    async get({ agentName, agentVersionName }) {
        if (!this.agents.views.has(agentName))
            return { outcome: 'AGENT_NOT_FOUND' };
        const agentVersion = this.views.get(`${agentName}\n${agentVersionName}`);
        if (agentVersion === undefined)
            return { outcome: 'AGENT_VERSION_NOT_FOUND' };
        return { outcome: 'FOUND', agentVersion };
    }
    async create(version) {
        const { agentName, agentVersionName, description } = version;
        if (!this.agents.views.has(agentName))
            return { outcome: 'AGENT_NOT_FOUND' };
        const agentVersion = { agentVersionName, description, agentVersionNumber: 1, createdAt: CREATED_AT, deprecatedAt: null };
        this.views.set(`${agentName}\n${agentVersionName}`, agentVersion);
        return { outcome: 'FOUND', agentVersion };
    }
    async change({ tenant: owner, agentName, agentVersionName, ...changes }) {
        const found = await this.get({ tenant: owner, agentName, agentVersionName });
        if (found.outcome !== 'FOUND')
            return found;
        const agentVersion = { ...found.agentVersion, ...changed(changes, found.agentVersion) };
        this.views.set(`${agentName}\n${agentVersionName}`, agentVersion);
        return { outcome: 'FOUND', agentVersion };
    }
}
function changed({ description, deprecated }, before) {
    const deprecatedAt = deprecated === undefined ? before.deprecatedAt : deprecated ? CREATED_AT : null;
    return { description: description === undefined ? before.description : description, deprecatedAt };
}
export class InMemoryPeople extends People {
    views = new Map();
    async get({ personId }) {
        const person = this.views.get(personId);
        return person === undefined ? { outcome: 'PERSON_NOT_FOUND' } : { outcome: 'FOUND', person };
    }
    async create({ personId, propertiesJson }) {
        const before = this.views.get(personId)?.propertiesJson ?? null;
        const person = { personId, propertiesJson: propertiesJson ?? before, createdAt: CREATED_AT };
        this.views.set(personId, person);
        return { outcome: 'FOUND', person };
    }
    async update({ personId, propertiesJson }) {
        if (!this.views.has(personId))
            return { outcome: 'PERSON_NOT_FOUND' };
        return this.create({ tenant: TENANT, personId, propertiesJson });
    }
}
export class InMemoryHealth extends Health {
    report = { ok: true, checks: { log: 'up', cache: 'down' } };
    live() {
        return Promise.resolve(this.report);
    }
    ready() {
        return Promise.resolve(this.report);
    }
}
class InMemoryMetrics extends Metrics {
    text() {
        return Promise.resolve('# TYPE logbook_up gauge\nlogbook_up 1\n');
    }
}
export class InMemoryUseCases {
    events = new InMemoryEvents();
    fingerprints = new InMemoryFingerprints();
    agents = new InMemoryAgents();
    agentVersions = new InMemoryAgentVersions(this.agents);
    people = new InMemoryPeople();
    health = new InMemoryHealth();
    metrics = new InMemoryMetrics();
}
