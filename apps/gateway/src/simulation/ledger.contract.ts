import type { Tenant } from '@logbook/contracts';
import { agentFact, type Fact } from '@logbook/core';
import type { World } from './world.contract.js';

/** One request with events, answered or not. */
export interface Attempt {
  readonly beganAt: number;
  /** Where order is promised: through one gateway, and its successors where they alone have its disk. */
  readonly lane: string;
}

/** An event that a gateway has acknowledged. */
export interface AcknowledgedEvent {
  readonly tenant: Tenant;
  readonly id: string;
  readonly session: string | null;
  readonly key: string | null;
  readonly attempt: Attempt;
  readonly acknowledgedAt: number;
  /** Where it first is in its attempt. */
  readonly index: number;
}

/** What is known of an entity before somebody asks for it. */
export interface Asked {
  readonly entity: Fact;
  /** Whether the log holds it. */
  readonly isHeld: boolean;
  /** Whether a write of it was acknowledged. */
  readonly isAcknowledged: boolean;
  /** The position of the last value that was acknowledged; -1 where none was. */
  readonly floor: number;
}

/** What clients were told, and whether what they are told agrees with it. */
export class Ledger {
  readonly events: AcknowledgedEvent[] = [];
  /** By the keys of events. */
  private readonly attempts = new Map<string, Set<Attempt>>();
  private readonly idsOfKeys = new Map<string, string>();
  private readonly acknowledged = new Map<Fact, number>();
  private readonly numbers = new Map<Fact, number>();
  private readonly createdAt = new Map<Fact, number>();

  constructor(private readonly world: World) {}

  attempt(keyRef: string | null, attempt: Attempt): void {
    if (keyRef === null) return;
    const known = this.attempts.get(keyRef) ?? new Set();
    this.attempts.set(keyRef, known.add(attempt));
  }

  /** Every request that held this event, this one too: whichever of them was taken first gives it its place. */
  attemptsOf(event: AcknowledgedEvent): readonly Attempt[] {
    const keyRef = keyRefOf(event);
    return keyRef === null ? [event.attempt] : [...(this.attempts.get(keyRef) ?? [])];
  }

  recorded(event: AcknowledgedEvent): void {
    const { world } = this;
    const isHeld =
      world.view.catchUp().events.has(event.id) || world.spooled().some(({ headers }) => headers['ce_id'] === event.id);
    world.require(
      'ACKNOWLEDGED_IS_DURABLE',
      isHeld,
      `event ${event.id} was acknowledged, and neither the log nor a disk holds it`,
    );
    const keyRef = keyRefOf(event);
    if (keyRef !== null) {
      const first = this.idsOfKeys.get(keyRef) ?? event.id;
      this.idsOfKeys.set(keyRef, first);
      world.require('RETRY_IS_ONE_EVENT', first === event.id, `${keyRef} was answered ${first}, then ${event.id}`);
    }
    this.events.push(event);
  }

  asked(entity: Fact): Asked {
    return {
      entity,
      isHeld: this.world.view.catchUp().holds(entity),
      isAcknowledged: this.acknowledged.has(entity),
      floor: this.acknowledged.get(entity) ?? -1,
    };
  }

  /** A write was answered; `value` where it gave the entity one. */
  wrote(entity: Fact, value: string | null): void {
    const position = value === null ? -1 : (this.world.view.catchUp().positionOf(entity, value) ?? -1);
    this.acknowledged.set(entity, Math.max(position, this.acknowledged.get(entity) ?? -1));
  }

  notFound({ entity, isHeld, isAcknowledged }: Asked): void {
    this.world.require('READ_YOUR_WRITES', !isAcknowledged, `${entity} was created, and then was not found`);
    this.world.require(
      'NOT_FOUND_ONLY_IF_THE_LOG_DOES_NOT_HOLD_IT',
      !isHeld,
      `${entity} was not found, and the log held it before the question`,
    );
  }

  found({ entity, floor }: Asked, value: string | null): void {
    const position = value === null ? -1 : (this.world.view.catchUp().positionOf(entity, value) ?? -1);
    this.world.require(
      'READ_YOUR_WRITES',
      position >= floor,
      `${entity} was read as of position ${position}, and position ${floor} was acknowledged before`,
    );
  }

  /** What never changes once it was answered. */
  numbered(entity: Fact, { number, createdAt }: { readonly number: number | null; readonly createdAt: Date }): void {
    const before = this.numbers.get(entity) ?? number;
    if (number !== null) this.numbers.set(entity, number);
    this.world.require(
      'NUMBERS_WITHOUT_GAPS',
      before === number,
      `${entity} was number ${before ?? 'none'}, and now is ${number ?? 'none'}`,
    );
    const created = this.createdAt.get(entity) ?? createdAt.getTime();
    this.createdAt.set(entity, created);
    this.world.require(
      'REPLAYS_AGREE',
      created === createdAt.getTime(),
      `${entity} was created at ${created}, and now at ${createdAt.getTime()}`,
    );
  }

  /** The number an agent was answered with. */
  numberOf(tenant: Tenant, agentName: string): number | undefined {
    return this.numbers.get(agentFact(tenant, agentName));
  }
}

export const keyRefOf = ({ tenant, session, key }: Pick<AcknowledgedEvent, 'tenant' | 'session' | 'key'>) =>
  key === null ? null : JSON.stringify([tenant, session, key]);
