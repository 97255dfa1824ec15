import { eventually } from '@logbook/testing';
import type { CountedProcess, SystemUnderTest } from '../servers/system-under-test.js';
import { fingerprintOf } from '../servers/system-under-test.js';
import { processorTimeUs } from '../processor-time.js';
import { AcceptedIds } from './accepted-ids.js';
import { EventRequests } from './event-requests.js';
import { HttpSender } from './http-sender.js';
import { openLoop, type OpenLoopOptions, type OpenLoopResult } from './open-loop.js';
import { openProjected, type Projected } from './projected.js';

/** As many requests are under way at most. */
export const CONNECTIONS = 64;
const LEVEL_TIMEOUT_MS = 5 * 60_000;

/** A running system, what it is sent, and what became of it so far. */
export class Rig {
  readonly port: number;
  /** Of every event that was answered with 200, whatever phase sent it. */
  readonly accepted = new AcceptedIds();
  private readonly senders: readonly HttpSender[];

  private constructor(
    readonly system: SystemUnderTest,
    readonly projected: Projected,
    readonly requests: EventRequests,
    readonly eventsPerRequest: number,
  ) {
    this.port = Number(new URL(system.url).port);
    this.senders = Array.from({ length: CONNECTIONS }, () => new HttpSender(this.port, () => requests.next()));
  }

  static async open(system: SystemUnderTest, eventsPerRequest: number): Promise<Rig> {
    const projected = await openProjected(system);
    const { apiKey } = system;
    const fingerprintId = await fingerprintOf(system);
    const requests = new EventRequests({ apiKey, fingerprintId, eventsPerRequest });
    return new Rig(system, projected, requests, eventsPerRequest);
  }

  /** Events accepted that are not yet rows. */
  get lag(): number {
    return this.accepted.count - this.projected.events;
  }

  /** Sends events at a rate, `onEvent` told the last id of each answer. */
  send(
    { eventsPerSecond, seconds }: { readonly eventsPerSecond: number; readonly seconds: number },
    onEvent: (id: string, dueMs: number) => void = () => undefined,
  ): Promise<OpenLoopResult> {
    const onAnswer: OpenLoopOptions['onAnswer'] = (answer, dueMs) => {
      const id = this.accepted.take(answer);
      if (id !== undefined) onEvent(id, dueMs);
    };
    const requestsPerSecond = eventsPerSecond / this.eventsPerRequest;
    return openLoop({ requestsPerSecond, seconds, senders: this.senders.map(({ send }) => send), onAnswer });
  }

  /** Resolves when every event accepted is a row. */
  async level(): Promise<void> {
    await eventually(() => this.lag <= 0, { timeoutMs: LEVEL_TIMEOUT_MS, what: 'the projection to be level' });
  }

  /** By process, CPU microseconds so far; the generator's under its name. */
  cpuUs(): Record<string, number> {
    const processes: CountedProcess[] = [...this.system.processes, { name: 'generator', pid: process.pid }];
    return Object.fromEntries(processes.map(({ name, pid }) => [name, ownUs(pid) ?? Number.NaN]));
  }

  async close(): Promise<void> {
    await Promise.all(this.senders.map((sender) => sender.close()));
    await this.projected.close();
  }
}

/** Of the generator alone: what it started counts under names of its own. */
const ownUs = (pid: number): number | undefined => {
  if (pid !== process.pid) return processorTimeUs(pid);
  const { user, system } = process.cpuUsage();
  return user + system;
};
