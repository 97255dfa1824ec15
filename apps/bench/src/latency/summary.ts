import { spreadOf, type Spread } from '../statistics.js';
import type { Measurement } from './measure.js';
import { BASELINES, type Baseline, type ScenarioName } from './scenarios.js';

/** One measurement of one round. */
export interface Sample extends Measurement {
  readonly round: number;
  readonly scenario: ScenarioName;
  readonly concurrency: number;
}

/** What all rounds of one scenario at one concurrency came to. */
export interface LatencyRow {
  readonly scenario: ScenarioName;
  readonly concurrency: number;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly requestsPerSecond: Spread;
  /** p50 divided by the baseline's p50 of the same round and concurrency. */
  readonly p50Ratio: Readonly<Partial<Record<Baseline, Spread>>>;
  readonly cpuUsPerRequest: Readonly<Record<string, Spread>>;
}

export function summarize(samples: readonly Sample[]): LatencyRow[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = `${sample.concurrency} ${sample.scenario}`;
    groups.set(group, [...(groups.get(group) ?? []), sample]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [
      {
        scenario: first.scenario,
        concurrency: first.concurrency,
        p50Ms: spreadOf(group.map(({ p50Ms }) => p50Ms)),
        p99Ms: spreadOf(group.map(({ p99Ms }) => p99Ms)),
        requestsPerSecond: spreadOf(group.map(({ requestsPerSecond }) => requestsPerSecond)),
        p50Ratio: ratios(group, samples),
        cpuUsPerRequest: cpu(group),
      },
    ];
  });
}

function ratios(group: readonly Sample[], samples: readonly Sample[]): LatencyRow['p50Ratio'] {
  return Object.fromEntries(
    BASELINES.flatMap((baseline) => {
      const quotients = group.flatMap(({ round, concurrency, scenario, p50Ms }) => {
        const floor = samples.find(
          (each) => each.round === round && each.concurrency === concurrency && each.scenario === baseline,
        );
        return floor === undefined || scenario === baseline ? [] : [p50Ms / floor.p50Ms];
      });
      return quotients.length === 0 ? [] : [[baseline, spreadOf(quotients)]];
    }),
  );
}

function cpu(group: readonly Sample[]): Record<string, Spread> {
  const names = new Set(group.flatMap(({ cpuUsPerRequest }) => Object.keys(cpuUsPerRequest)));
  return Object.fromEntries(
    [...names].map((name) => [name, spreadOf(group.flatMap(({ cpuUsPerRequest }) => cpuUsPerRequest[name] ?? []))]),
  );
}
