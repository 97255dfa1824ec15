import type { LatencyOptions, DriverSet } from '../options.js';
import { startBareHttp } from '../servers/start-bare-http.js';
import { startSystem } from '../servers/system-under-test.js';
import { measure } from './measure.js';
import { openScenarios, type Scenarios } from './scenarios.js';
import { summarize, type LatencyRow, type Sample } from './summary.js';

const CONCURRENCIES = [1, 8] as const;
/** At eight at a time more requests pass in the same time, and a 99th percentile wants them. */
const REQUESTS_FACTOR = 4;
const MEASUREMENT_MS_MAX = 30_000;
/** Enough for the JIT and for the caches of names; not counted. */
const WARM_UP_REQUESTS = 200;

export interface LatencyResult {
  readonly driverSet: DriverSet;
  readonly rows: readonly LatencyRow[];
  /** Every measurement of every round, in the order they were made. */
  readonly samples: readonly Sample[];
}

/** Measures one set of drivers. Rounds are interleaved: what disturbs the machine for a while disturbs baselines too. */
export async function measureLatency(
  driverSet: DriverSet,
  options: LatencyOptions,
  say: (sentence: string) => void,
): Promise<LatencyResult> {
  say(`starting servers for ${driverSet}`);
  const bareHttp = await startBareHttp();
  try {
    const system = await startSystem(driverSet);
    try {
      const connectionsMax = Math.max(...CONCURRENCIES);
      const scenarios = await openScenarios({ system, bareHttp, keepAlive: options.keepAlive, connectionsMax });
      try {
        const samples = await rounds(scenarios, options, (sentence) => say(`${driverSet}: ${sentence}`));
        return { driverSet, rows: summarize(samples), samples };
      } finally {
        await scenarios.close();
      }
    } finally {
      await system.stop();
    }
  } finally {
    await bareHttp.stop();
  }
}

async function rounds(
  { scenarios }: Scenarios,
  options: LatencyOptions,
  say: (sentence: string) => void,
): Promise<Sample[]> {
  say('warming up');
  for (const { send } of scenarios) {
    await measure({ concurrency: 8, requests: WARM_UP_REQUESTS, timeMsMax: MEASUREMENT_MS_MAX, processes: [], send });
  }
  const samples: Sample[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    say(`round ${round} of ${options.rounds}`);
    for (const concurrency of CONCURRENCIES) {
      for (const { name, processes, send } of scenarios) {
        const requests = options.requests * (concurrency === 1 ? 1 : REQUESTS_FACTOR);
        const measurement = await measure({ concurrency, requests, timeMsMax: MEASUREMENT_MS_MAX, processes, send });
        samples.push({ round, scenario: name, concurrency, ...measurement });
      }
    }
  }
  return samples;
}
