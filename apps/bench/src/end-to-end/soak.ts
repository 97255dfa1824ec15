import { heldBytes } from './held-memory.js';
import { latencyOf, type Latency } from './latency-of.js';
import type { Rig } from './rig.js';
import type { Series } from './series.js';

export interface Soak {
  readonly eventsPerSecond: number;
  readonly seconds: number;
  readonly events: number;
  readonly refused: number;
  readonly firstRefusal: string | null;
  readonly post: Latency;
  /** Events accepted and not yet rows. */
  readonly lag: Series;
  /** By process, bytes. */
  readonly memory: Readonly<Record<string, Series>>;
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
}

const LAG_EVERY_MS = 500;
const MEMORY_EVERY_TURNS = 6;

export async function soak(rig: Rig, eventsPerSecond: number, seconds: number): Promise<Soak> {
  const { processes } = rig.system;
  const lag = { atSeconds: [] as number[], values: [] as number[] };
  const memory = Object.fromEntries(
    processes.map(({ name }) => [name, { atSeconds: [] as number[], values: [] as number[] }]),
  );
  const beganMs = performance.now();
  let turn = 0;
  const look = (): void => {
    const at = (performance.now() - beganMs) / 1_000;
    lag.atSeconds.push(at);
    lag.values.push(rig.lag);
    if (turn++ % MEMORY_EVERY_TURNS !== 0) return;
    for (const { name, pid } of processes) {
      memory[name]?.atSeconds.push(at);
      memory[name]?.values.push(heldBytes(pid));
    }
  };
  const before = rig.accepted.count;
  const usedBefore = rig.cpuUs();
  const timer = setInterval(look, LAG_EVERY_MS);
  const sent = await rig.send({ eventsPerSecond, seconds }).finally(() => clearInterval(timer));
  const usedAfter = rig.cpuUs();
  const events = rig.accepted.count - before;
  const cpuUsPerEvent = Object.fromEntries(
    Object.entries(usedAfter).map(([name, used]) => [name, (used - (usedBefore[name] ?? NaN)) / events]),
  );
  const { refused, firstRefusal = null } = sent;
  return { eventsPerSecond, seconds, events, refused, firstRefusal, post: latencyOf(sent), lag, memory, cpuUsPerEvent };
}
