import { eventually, uniqueName } from '@logbook/testing';
import { EventTraffic } from '../event-traffic.js';
import { Api } from '../harness/api.js';
import { clientPython, findPython } from '../harness/python.js';
import { PythonTraffic } from '../harness/python-traffic.js';
import type { ServiceProcess } from '../harness/service-process.js';
import type { System } from '../harness/system.js';
import { llmEvent, registerFingerprint } from '../telemetry.js';

const WORKERS = 3;
const ACCEPTED_TIMEOUT_MS = 60_000;

/**
 * Clients of one system that send events without end and never retry: one of our own, and the published Python client
 * where this machine can run it. They keep what they were told is kept.
 */
export class Clients {
  /** The ids of events that were answered 200. */
  readonly ids: string[] = [];
  /** Of the Python client's events, which does not tell ids, the person that each one alone has. */
  readonly persons: string[] = [];
  /** How many fingerprints the Python client has made, each on one gateway and used on every other. */
  fingerprints = 0;
  /** What was not answered 200, and what was not answered. */
  readonly failures: string[] = [];
  private running: { readonly events: EventTraffic; readonly python: PythonTraffic | undefined } | undefined;

  private constructor(
    private readonly system: System,
    private readonly fingerprintId: string,
    private readonly pythonProgram: string | undefined,
  ) {}

  static async of(system: System): Promise<Clients> {
    const python = findPython();
    const program = python === undefined ? undefined : await clientPython(python);
    return new Clients(system, await registerFingerprint(system.api), program);
  }

  /** Sends to these gateways, in turn, until `stop`. */
  start(gateways: readonly ServiceProcess[]): void {
    const prefix = uniqueName('agent');
    const { apiKey } = this.system;
    const events = new EventTraffic({
      api: new Api(() => gateways.map(({ url }) => url), apiKey),
      workers: WORKERS,
      next: (number) =>
        llmEvent(this.fingerprintId, {
          agent: `${prefix}-${number % 20}`,
          person: `person-${number}`,
          session: `${prefix}-${number % 7}`,
        }),
    });
    const program = this.pythonProgram;
    const urls = gateways.map(({ url }) => url);
    const python =
      program === undefined
        ? undefined
        : PythonTraffic.start({ program, urls, apiKey, prefix: uniqueName('python'), workers: WORKERS });
    this.running = { events, python };
  }

  /** Resolves once so many more events of each client were answered 200. */
  async untilAccepted(count: number): Promise<void> {
    const { events, python } = this.requireRunning();
    const wanted = [events, ...(python === undefined ? [] : [python])].map((traffic) => ({
      traffic,
      total: traffic.accepted.length + count,
    }));
    await eventually(() => wanted.every(({ traffic, total }) => traffic.accepted.length >= total), {
      timeoutMs: ACCEPTED_TIMEOUT_MS,
      what: `${count} more accepted events of each client`,
    });
  }

  /** Lets the requests under way end. Idempotent. */
  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    const { events, python } = running;
    await Promise.all([events.stop(), python?.stop()]);
    this.ids.push(...events.accepted);
    this.persons.push(...(python?.accepted ?? []));
    this.fingerprints += python?.fingerprints.length ?? 0;
    this.failures.push(...events.refused, ...events.unanswered, ...(python?.failed ?? []));
  }

  private requireRunning(): NonNullable<Clients['running']> {
    if (this.running === undefined) throw new Error('no client is sending');
    return this.running;
  }
}
