import type { FingerprintId, Tenant } from '@logbook/contracts';
import { agentFact, agentVersionFact, fingerprintFact, personFact } from '@logbook/core';
import type { SimulatedProcess } from '@logbook/testing';
import type { EventToRecord, PersonView } from '../http/use-cases.js';
import type { SimulatedGateway } from './gateway-process.contract.js';
import { keyRefOf, type Ledger } from './ledger.contract.js';
import { STRANGE_FINGERPRINT } from './preloaded.contract.js';
import { AGENTS, fingerprintFields, PEOPLE, randomEvent, TENANTS, VERSIONS } from './requests.contract.js';
import type { World } from './world.contract.js';

const ATTEMPTS_MAX = 3;

/** What clients share: names are few, so that they meet. */
export interface ClientOptions {
  readonly world: World;
  readonly ledger: Ledger;
  readonly gateways: readonly SimulatedGateway[];
  /** By tenant, the fingerprints that were answered. */
  readonly fingerprints: Map<Tenant, FingerprintId[]>;
  /** The lane of a gateway in which the order of acknowledged events is promised. */
  readonly laneOf: (gateway: SimulatedGateway) => string;
  readonly requests: number;
}

/** An application: one request after the other, and sometimes the same once more where no answer came. */
export class SimulatedClient {
  isDone = false;
  private readonly process: SimulatedProcess;
  private made = 0;

  constructor(
    private readonly options: ClientOptions,
    readonly name: string,
  ) {
    this.process = options.world.scheduler.process(name);
    this.run().then(
      () => (this.isDone = true),
      (error: unknown) => options.world.fail(error),
    );
  }

  private async run(): Promise<void> {
    const { world, requests } = this.options;
    const { choices } = world;
    const kinds = [
      () => this.recordEvents(),
      () => this.recordEvents(),
      () => this.recordEvents(),
      () => this.registerFingerprint(),
      () => this.createAgent(),
      () => this.changeAgent(),
      () => this.getAgent(),
      () => this.writePerson(),
      () => this.getPerson(),
      () => this.createVersion(),
    ];
    for (let request = 0; request < requests; request += 1) {
      await this.turn('goes on');
      await choices.of(kinds)();
    }
  }

  /** Waits until the scheduler lets this client act. */
  private turn(what: string): Promise<void> {
    return this.process.perform({ what, effect: async () => undefined });
  }

  private gateway(): SimulatedGateway {
    return this.options.world.choices.of(this.options.gateways);
  }

  /** A value that nobody else gives. */
  private unique(): string {
    this.made += 1;
    return `${this.name}-${this.made}`;
  }

  private async recordEvents(): Promise<void> {
    const { fingerprints, world } = this.options;
    const { choices } = world;
    const of = choices.of(TENANTS);
    const events = Array.from({ length: choices.chance(0.3) ? 3 : 1 }, () =>
      randomEvent({ choices, of, fingerprints: fingerprints.get(of) ?? [], n: this.unique() }),
    );
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const unanswered = await this.send(events);
      // Without a key the repetition of what may have been taken would be another event.
      if (unanswered.length === 0 || unanswered.some(({ idempotencyKey }) => idempotencyKey === null)) return;
      await this.turn('tries again');
    }
  }

  /** Gives back what was not answered for good. */
  private async send(events: readonly EventToRecord[]): Promise<EventToRecord[]> {
    const { world, ledger, laneOf } = this.options;
    const gateway = this.gateway();
    const attempt = { beganAt: world.now(), lane: laneOf(gateway) };
    const isHeld = events.map(({ tenant: of, fingerprintId }) =>
      world.view.catchUp().holds(fingerprintFact(of, fingerprintId)),
    );
    for (const event of events) ledger.attempt(keyRefOf(refOf(event)), attempt);
    world.scheduler.note(`${this.name} sends ${events.map(described).join(', ')} to ${gateway.life}`);
    const sent = world.flaw === 'IGNORES_IDEMPOTENCY_KEYS' ? events.map(withoutKey) : events;
    const answer = await gateway.call(({ events: intake }) =>
      sent.length === 1 ? intake.record(sent[0]!).then((outcome) => [outcome]) : intake.recordAll(sent),
    );
    world.scheduler.note(
      `${this.name} is told ${answer === 'GONE' ? answer : answer.map(({ outcome }) => outcome).join(', ')}`,
    );
    if (answer === 'GONE') return [...events];
    const acknowledgedAt = world.now();
    answer.forEach((told, place) => {
      const event = events[place]!;
      if (told.outcome === 'RECORDED') {
        const index = answer.findIndex((other) => other.outcome === 'RECORDED' && other.id === told.id);
        ledger.recorded({ ...refOf(event), id: told.id, attempt, acknowledgedAt, index });
      }
      if (told.outcome === 'FINGERPRINT_NOT_FOUND') {
        world.require(
          'NOT_FOUND_ONLY_IF_THE_LOG_DOES_NOT_HOLD_IT',
          isHeld[place] === false && event.fingerprintId === STRANGE_FINGERPRINT,
          `fingerprint ${event.fingerprintId} was not found, and it was issued`,
        );
      }
    });
    return events.filter((_, index) => answer[index]?.outcome === 'UNAVAILABLE');
  }

  private async registerFingerprint(): Promise<void> {
    const { world, fingerprints } = this.options;
    const of = world.choices.of(TENANTS);
    const fields = fingerprintFields(`node ${world.choices.below(3)}`);
    const answer = await this.ask(`registers a fingerprint`, (gateway) =>
      gateway.call((cases) => cases.fingerprints.register({ tenant: of, fields })),
    );
    if (answer !== 'GONE' && answer.outcome === 'REGISTERED') {
      fingerprints.set(of, [...(fingerprints.get(of) ?? []), answer.fingerprintId]);
    }
  }

  private async createAgent(): Promise<void> {
    const { world, ledger } = this.options;
    const agent = { tenant: world.choices.of(TENANTS), agentName: this.agentName() };
    const entity = agentFact(agent.tenant, agent.agentName);
    const answer = await this.ask(`creates agent ${agent.agentName}`, (gateway) =>
      gateway.call((cases) => cases.agents.create({ ...agent, description: null })),
    );
    if (answer === 'GONE' || answer.outcome !== 'FOUND') return;
    ledger.wrote(entity, null);
    ledger.numbered(entity, { number: answer.agent.agentNumber, createdAt: answer.agent.createdAt });
  }

  private async changeAgent(): Promise<void> {
    const { world, ledger } = this.options;
    const agent = { tenant: world.choices.of(TENANTS), agentName: this.agentName() };
    const entity = agentFact(agent.tenant, agent.agentName);
    const description = this.unique();
    const asked = ledger.asked(entity);
    const answer = await this.ask(`changes agent ${agent.agentName} to ${description}`, (gateway) =>
      gateway.call((cases) => cases.agents.change({ ...agent, description })),
    );
    if (answer === 'GONE') return;
    if (answer.outcome === 'AGENT_NOT_FOUND') ledger.notFound(asked);
    if (answer.outcome !== 'FOUND') return;
    ledger.wrote(entity, description);
    ledger.found(ownWrite(asked, world.view.positionOf(entity, description)), answer.agent.description);
  }

  private async getAgent(): Promise<void> {
    const { world, ledger } = this.options;
    const agent = { tenant: world.choices.of(TENANTS), agentName: this.agentName() };
    const entity = agentFact(agent.tenant, agent.agentName);
    const asked = ledger.asked(entity);
    const answer = await this.ask(`asks for agent ${agent.agentName}`, (gateway) =>
      gateway.call((cases) => cases.agents.get(agent)),
    );
    if (answer === 'GONE') return;
    if (answer.outcome === 'AGENT_NOT_FOUND') ledger.notFound(asked);
    if (answer.outcome !== 'FOUND') return;
    ledger.found(asked, answer.agent.description);
    ledger.numbered(entity, { number: answer.agent.agentNumber, createdAt: answer.agent.createdAt });
  }

  private async createVersion(): Promise<void> {
    const { world, ledger } = this.options;
    const { choices } = world;
    const version = {
      tenant: choices.of(TENANTS),
      agentName: this.agentName(),
      agentVersionName: choices.of(VERSIONS) ?? 'v',
    };
    const asked = ledger.asked(agentFact(version.tenant, version.agentName));
    const answer = await this.ask(`creates version ${version.agentName}/${version.agentVersionName}`, (gateway) =>
      gateway.call((cases) => cases.agentVersions.create({ ...version, description: null })),
    );
    if (answer === 'GONE') return;
    if (answer.outcome === 'AGENT_NOT_FOUND') ledger.notFound(asked);
    if (answer.outcome !== 'FOUND') return;
    const entity = agentVersionFact(version.tenant, version.agentName, version.agentVersionName);
    const { agentVersionNumber: number, createdAt } = answer.agentVersion;
    ledger.numbered(entity, { number, createdAt });
  }

  private async writePerson(): Promise<void> {
    const { world, ledger } = this.options;
    const person = { tenant: world.choices.of(TENANTS), personId: this.personId() };
    const entity = personFact(person.tenant, person.personId);
    const propertiesJson = JSON.stringify({ n: this.unique() });
    const updates = world.choices.chance(0.5);
    const asked = ledger.asked(entity);
    const answer = await this.ask(
      `${updates ? 'updates' : 'creates'} person ${person.personId} as ${propertiesJson}`,
      (gateway) => gateway.call(({ people }) => people[updates ? 'update' : 'create']({ ...person, propertiesJson })),
    );
    if (answer === 'GONE') return;
    if (answer.outcome === 'PERSON_NOT_FOUND') ledger.notFound(asked);
    if (answer.outcome !== 'FOUND') return;
    ledger.wrote(entity, propertiesJson);
    this.sawPerson(ownWrite(asked, world.view.positionOf(entity, propertiesJson)), answer.person);
  }

  private async getPerson(): Promise<void> {
    const { world, ledger } = this.options;
    const person = { tenant: world.choices.of(TENANTS), personId: this.personId() };
    const asked = ledger.asked(personFact(person.tenant, person.personId));
    const answer = await this.ask(`asks for person ${person.personId}`, (gateway) =>
      gateway.call((cases) => cases.people.get(person)),
    );
    if (answer === 'GONE') return;
    if (answer.outcome === 'PERSON_NOT_FOUND') ledger.notFound(asked);
    if (answer.outcome === 'FOUND') this.sawPerson(asked, answer.person);
  }

  private sawPerson(asked: ReturnType<Ledger['asked']>, person: PersonView): void {
    this.options.ledger.found(asked, person.propertiesJson);
    this.options.ledger.numbered(asked.entity, { number: null, createdAt: person.createdAt });
  }

  private async ask<T extends { readonly outcome: string }>(
    what: string,
    call: (gateway: SimulatedGateway) => Promise<T | 'GONE'>,
  ): Promise<T | 'GONE'> {
    const { scheduler } = this.options.world;
    const gateway = this.gateway();
    scheduler.note(`${this.name} ${what} at ${gateway.life}`);
    const answer = await call(gateway);
    scheduler.note(`${this.name} is told ${answer === 'GONE' ? answer : answer.outcome}`);
    return answer;
  }

  private agentName(): string {
    return this.options.world.choices.of(AGENTS) ?? 'default';
  }
  private personId(): string {
    return this.options.world.choices.of(PEOPLE) ?? 'p';
  }
}

const ownWrite = (asked: ReturnType<Ledger['asked']>, position: number | undefined) => ({
  ...asked,
  floor: Math.max(asked.floor, position ?? -1),
});

const withoutKey = (event: EventToRecord): EventToRecord => ({ ...event, idempotencyKey: null });

const refOf = ({ tenant: of, session, idempotencyKey }: EventToRecord) => ({
  tenant: of,
  session,
  key: idempotencyKey,
});

const described = ({ tenant: of, session, idempotencyKey, agentName, properties }: EventToRecord): string =>
  `${String(properties['n'])} (${of} ${session ?? '-'} ${idempotencyKey ?? '-'} ${agentName ?? '-'})`;
