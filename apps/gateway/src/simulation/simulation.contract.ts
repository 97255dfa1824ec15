import type { FingerprintId, Tenant } from '@logbook/contracts';
import { FOLDED_TOPICS } from '@logbook/contracts';
import type { VirtualTime } from '@logbook/testing';
import { Chaos } from './chaos.contract.js';
import type { Flaw } from './flaws.contract.js';
import { SimulatedGateway } from './gateway-process.contract.js';
import { Violation } from './invariants.contract.js';
import { Ledger } from './ledger.contract.js';
import { PARTITIONS, PLACES } from './log-view.contract.js';
import { preloadedLog } from './preloaded.contract.js';
import { requireCheckpointsApplied, requireSettled } from './settled.contract.js';
import { SimulatedClient } from './simulated-client.contract.js';
import { World } from './world.contract.js';

/** When every course begins. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);
const CLIENTS = 3;
const REQUESTS = 3;
const STEPS_MAX = 20_000;
const LOOK_CHANCE = 0.02;

export interface SimulationOptions {
  readonly seed: number;
  readonly flaw?: Flaw;
}

export interface SimulationResult {
  readonly violation: Violation | undefined;
  readonly trace: readonly string[];
}

/**
 * Two gateways, their clients and up to two projectors on one log, one store and one cache, in a course of events that
 * the seed decides: what is away, who ends, freezes or comes back, and which of all that could happen happens next.
 * Then everything is mended, and what must be there is looked for. `time` is installed, beginning at `EPOCH_MS`.
 */
export async function simulate(time: VirtualTime, { seed, flaw }: SimulationOptions): Promise<SimulationResult> {
  time.restart();
  const { environment, ends } = await preloadedLog(time.nowMs());
  const world = new World({ seed, time, flaw, readyAt: ends, environment });
  await world.log.prepare({ topics: [...FOLDED_TOPICS], partitions: PARTITIONS });
  const violation = await course(world).then(NONE, violationOf);
  return { violation, trace: world.scheduler.trace };
}

const NONE = (): undefined => undefined;

async function course(world: World): Promise<void> {
  const ledger = new Ledger(world);
  const gateways = world.places.map((place, index) => new SimulatedGateway(world, `gateway-${index + 1}`, place));
  const isShared = world.places[0] === world.places[1];
  const fingerprints = new Map<Tenant, FingerprintId[]>();
  const laneOf = (gateway: SimulatedGateway): string => (isShared ? gateway.life : gateway.name);
  const options = { world, ledger, gateways, fingerprints, laneOf, requests: REQUESTS };
  const until = (done: () => boolean, before?: () => Promise<void>) =>
    world.scheduler.run({
      done: () => world.failure !== undefined || done(),
      stepsMax: STEPS_MAX,
      ...(before && { before }),
    });
  await until(() => gateways.every(({ isUp }) => isUp));

  const clients = Array.from({ length: CLIENTS }, (_, index) => new SimulatedClient(options, `client-${index + 1}`));
  const chaos = new Chaos(world, gateways);
  const areServed = (): boolean => clients.every(({ isDone }) => isDone);
  const areLevel = (): boolean =>
    gateways.every(({ isLevel }) => isLevel) &&
    PLACES.every((place) => world.store.next(place) === world.view.endOf(place));
  await until(areServed, async () => {
    if (world.choices.chance(LOOK_CHANCE)) requireCheckpointsApplied(world);
    await chaos.maybe();
  });
  await chaos.end();
  const outcome = await until(() => areServed() && areLevel());
  world.require('RECOVERS', outcome === 'DONE', 'everything is mended, and something is still waited for');
  world.stopOnFailure();
  requireSettled(world, ledger);
  world.stopOnFailure();
}

function violationOf(error: unknown): Violation {
  if (error instanceof Violation) return error;
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Violation('RECOVERS', what);
}
