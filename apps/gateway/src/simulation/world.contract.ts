import { logId, type Offset, type RawMessage } from '@logbook/contracts';
import type { Fact } from '@logbook/core';
import { inProcessFactCache } from '@logbook/cache';
import { type MemoryEnvironment, MemorySpoolPlace, openMemoryLog } from '@logbook/log/in-memory';
import { Choices, Scheduler, type VirtualTime } from '@logbook/testing';
import { Faults } from './faults.contract.js';
import type { Flaw } from './flaws.contract.js';
import { type Invariant, Violation } from './invariants.contract.js';
import { decoded, factsOf, LogView } from './log-view.contract.js';
import { ModelStore } from './model-store.contract.js';

export const LOG_ID = logId('5b0a3f5e-7a54-4b57-9d5c-0f6f3c1c8a01');
export const SECRET = 'the secret of the simulated log';
/** Milliseconds of virtual time; short, so that waits end among the steps of other processes. */
export const WAITS = { holdMs: 40, retryMs: 15, readWaitMs: 200, logTimeoutMs: 120, lookMs: 20, pollMs: 1_000 };
export const MESSAGE_BYTES_MAX = 64 * 1024;
/** So few that caches forget. */
export const FACTS_MAX = 12;
const TIME_CHANCE = 0.1;

export interface WorldOptions {
  readonly seed: number;
  readonly time: VirtualTime;
  readonly flaw?: Flaw | undefined;
  /** Per partition, what the log holds before anything begins. */
  readonly readyAt: ReadonlyMap<string, Offset>;
  readonly environment: MemoryEnvironment;
}

/** What processes share: the log, the store, the cache, the disks; and what is seen of them from outside. */
export class World {
  readonly choices: Choices;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly flaw: Flaw | undefined;
  readonly time: VirtualTime;
  readonly log;
  readonly view: LogView;
  readonly store: ModelStore;
  readonly cache = new LaggingCache();
  readonly places: readonly MemorySpoolPlace[];
  /** The contents of messages that gateways gave to the log or the spool. */
  readonly accepted = new Set<string>();
  /** The first thing that went wrong. */
  failure: Error | undefined;

  constructor({ seed, time, flaw, readyAt, environment }: WorldOptions) {
    this.choices = new Choices(seed);
    this.scheduler = new Scheduler({ choices: this.choices, time, timeChance: TIME_CHANCE });
    this.faults = new Faults(this.choices);
    this.flaw = flaw;
    this.time = time;
    this.log = openMemoryLog({ environment, messageBytesMax: MESSAGE_BYTES_MAX, pollMs: WAITS.pollMs });
    this.view = new LogView(environment);
    this.store = new ModelStore(readyAt, flaw);
    const place = new MemorySpoolPlace();
    this.places = [place, this.choices.chance(0.5) ? place : new MemorySpoolPlace()];
  }

  /** Where in the course of events this is. */
  now(): number {
    return this.scheduler.trace.length;
  }

  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  stopOnFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  require(invariant: Invariant, holds: boolean, what: string): void {
    if (!holds) this.fail(new Violation(invariant, what));
  }

  /** What lies on the disks of gateways, running or gone. */
  spooled(): RawMessage[] {
    return [...new Set(this.places)]
      .flatMap((place) => place.entries())
      .map(({ message }) => ({ ...message, key: Buffer.from(message.key) }));
  }

  requireHeldInLog(facts: readonly Fact[]): void {
    const view = this.view.catchUp();
    for (const fact of facts) {
      this.require(
        'CACHE_IS_NEVER_WRONG',
        view.holds(fact),
        `gateways are told of ${fact}, which the log does not hold`,
      );
    }
  }

  requireHeld(facts: readonly Fact[]): void {
    const view = this.view.catchUp();
    const missing = facts.filter((fact) => !view.holds(fact));
    if (missing.length === 0) return;
    const spooled = new Set(this.spooled().flatMap((message) => factsOf(decoded(message))));
    for (const fact of missing) {
      this.require(
        'CACHE_IS_NEVER_WRONG',
        spooled.has(fact),
        `a gateway remembers ${fact}, which neither log nor spool holds`,
      );
    }
  }
}

/** A shared cache of which reads see what was written before its last `sync`: a replica, or a restored copy. */
class LaggingCache {
  private replica = inProcessFactCache({ factsMax: FACTS_MAX });
  private unseen: Fact[] = [];

  known(facts: readonly Fact[]): Promise<boolean[]> {
    return this.replica.known(facts);
  }
  async remember(facts: readonly Fact[]): Promise<void> {
    this.unseen.push(...facts);
  }
  async sync(): Promise<void> {
    await this.replica.remember(this.unseen.splice(0));
  }
  flush(): void {
    this.replica = inProcessFactCache({ factsMax: FACTS_MAX });
    this.unseen = [];
  }
}
