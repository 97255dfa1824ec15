import type { Rig } from './rig.js';
import type { Saturation } from './saturation.js';

/** A rate that was tried. */
export interface Step {
  readonly eventsPerSecond: number;
  readonly refused: number;
  /** Requests that were due and not sent at the end. */
  readonly overdue: number;
  readonly lagAtEnd: number;
  readonly sustained: boolean;
}

/** A step is sustained if what waits at its end is at most what comes in this time. */
const WAITING_SECONDS_MAX = 0.5;
const FASTER = 1.2;
const SLOWER = 0.85;
const STEPS_MAX = 10;

/**
 * Begins with what saturation brought into rows and goes on faster until a step is not sustained, or slower until one is.
 * The more there is at a time, the less an event costs the projector, so that the beginning may be far below.
 */
export async function findMaximum(
  rig: Rig,
  { projectedPerSecond }: Saturation,
  { seconds, say }: { readonly seconds: number; readonly say: (sentence: string) => void },
): Promise<readonly Step[]> {
  const first = await tryRate(rig, Math.round(projectedPerSecond), seconds);
  const steps = [first];
  for (let last = first; last.sustained === first.sustained && steps.length < STEPS_MAX; steps.push(last)) {
    say(`${last.eventsPerSecond} events/s: ${last.sustained ? 'sustained' : 'not sustained'}`);
    const factor = first.sustained ? FASTER : SLOWER;
    last = await tryRate(rig, Math.round(last.eventsPerSecond * factor), seconds);
  }
  return steps;
}

async function tryRate(rig: Rig, eventsPerSecond: number, seconds: number): Promise<Step> {
  const { refused, overdue } = await rig.send({ eventsPerSecond, seconds });
  const lagAtEnd = rig.lag;
  await rig.level();
  const waiting = lagAtEnd + overdue * rig.eventsPerRequest;
  const sustained = refused === 0 && waiting <= eventsPerSecond * WAITING_SECONDS_MAX;
  return { eventsPerSecond, refused, overdue, lagAtEnd, sustained };
}
