import { startSystem } from '../servers/system-under-test.js';
import { countEvents, type Counts } from './counts.js';
import type { EndToEndOptions } from './end-to-end.options.js';
import { measureLatencies, type Latencies } from './latencies.js';
import { findMaximum, type Step } from './maximum.js';
import { Rig } from './rig.js';
import { saturate, type Saturation } from './saturation.js';
import { soak, type Soak } from './soak.js';

export interface EndToEndResult {
  readonly saturation: Saturation;
  readonly steps: readonly Step[];
  /** Events a second: found, or given; 0 where no step was sustained. */
  readonly maximum: number;
  readonly latencies: Latencies | null;
  readonly soak: Soak | null;
  readonly counts: Counts;
}

/** Of the maximum. */
export const SHARES = { latencies: 0.5, soak: 0.7 } as const;
/** Enough for the JIT and for the caches of names; its events count among those that must not be lost. */
const WARM_UP = { eventsPerSecond: 200, secondsMax: 3 };

export async function measureEndToEnd(
  { drivers, eventsPerRequest, maximum: given, seconds, soakSeconds }: EndToEndOptions,
  say: (sentence: string) => void,
): Promise<EndToEndResult> {
  say(`starting servers for ${drivers}`);
  const system = await startSystem(drivers);
  try {
    const rig = await Rig.open(system, eventsPerRequest);
    try {
      say('warming up');
      await rig.send({ ...WARM_UP, seconds: Math.min(WARM_UP.secondsMax, seconds) });
      await rig.level();
      say('sending as fast as answers come');
      const saturation = await saturate(rig, seconds);
      if (given === undefined) say('looking for the highest rate that is sustained');
      const steps = given === undefined ? await findMaximum(rig, saturation, { seconds, say }) : [];
      const sustained = steps.filter((step) => step.sustained).map(({ eventsPerSecond }) => eventsPerSecond);
      const maximum = given ?? Math.max(0, ...sustained);
      say(`latencies at half of ${maximum} events/s`);
      const latencies =
        maximum === 0 ? null : await measureLatencies(rig, Math.round(maximum * SHARES.latencies), seconds);
      if (soakSeconds > 0) say(`${soakSeconds} seconds at ${SHARES.soak} of it`);
      const soaked =
        maximum === 0 || soakSeconds === 0 ? null : await soak(rig, Math.round(maximum * SHARES.soak), soakSeconds);
      say('counting');
      await rig.level();
      return { saturation, steps, maximum, latencies, soak: soaked, counts: await countEvents(rig) };
    } finally {
      await rig.close();
    }
  } finally {
    await system.stop();
  }
}
