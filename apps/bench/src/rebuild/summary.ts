import { spreadOf, type Spread } from '../statistics.js';
import type { MemoryPeak, Sample } from './rebuild.bench.js';
import { SUBJECTS, type Subject } from './subjects.js';
import type { MeasurementOf } from './watched-program.js';

/** One measurement of one round. */
export interface SampleOf<S extends string> extends MeasurementOf<S> {
  readonly round: number;
}

/** What all rounds of one subject came to. */
export interface RowOf<S extends string> {
  readonly subject: S;
  readonly events: number;
  readonly eventsPerSecond: Spread;
  readonly cpuUsPerEvent: Readonly<Record<string, Spread>>;
  readonly peakBytes: number | null;
}

export type RebuildRow = RowOf<Subject>;

export interface RatioOf<S extends string> {
  readonly of: S;
  readonly to: S;
  /** Events a second of the one divided by those of the other, in the same round. */
  readonly rate: Spread;
  /** The goal for `rate`, at least. */
  readonly goal?: number;
}

export type Ratio = RatioOf<Subject>;

const COMPARED: readonly Omit<Ratio, 'rate'>[] = [
  { of: 'folding', to: 'bare kafkajs', goal: 0.5 },
  { of: 'verification', to: 'bare kafkajs' },
  { of: 'folding', to: 'emmett (SQL)', goal: 20 },
  { of: 'folding', to: 'emmett (documents)', goal: 20 },
];

/** How much more memory a rebuild of the larger log may hold. */
export const MEMORY_RATIO_GOAL = 1.3;

export const summarizeRebuilds = (samples: readonly Sample[]): RebuildRow[] => summarizeSubjects(SUBJECTS, samples);

/** A row for each subject that was measured. */
export function summarizeSubjects<S extends string>(
  subjects: readonly S[],
  samples: readonly SampleOf<S>[],
): RowOf<S>[] {
  return subjects.flatMap((subject) => {
    const group = samples.filter((sample) => sample.subject === subject);
    const [first] = group;
    if (first === undefined) return [];
    const names = new Set(group.flatMap(({ cpuUsPerEvent }) => Object.keys(cpuUsPerEvent)));
    const peaks = group.flatMap(({ peakBytes }) => peakBytes ?? []);
    return [
      {
        subject,
        events: first.events,
        eventsPerSecond: spreadOf(group.map(({ eventsPerSecond }) => eventsPerSecond)),
        cpuUsPerEvent: Object.fromEntries(
          [...names].map((name) => [name, spreadOf(group.flatMap(({ cpuUsPerEvent }) => cpuUsPerEvent[name] ?? []))]),
        ),
        peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
      },
    ];
  });
}

export const ratiosOf = (samples: readonly Sample[]): Ratio[] => ratiosBetween(COMPARED, samples);

/** Of those that were measured. */
export function ratiosBetween<S extends string>(
  pairs: readonly Omit<RatioOf<S>, 'rate'>[],
  samples: readonly SampleOf<S>[],
): RatioOf<S>[] {
  return pairs.flatMap((compared) => {
    const quotients = samples.flatMap(({ round, subject, eventsPerSecond }) => {
      const other = samples.find((sample) => sample.round === round && sample.subject === compared.to);
      return subject === compared.of && other !== undefined ? [eventsPerSecond / other.eventsPerSecond] : [];
    });
    return quotients.length === 0 ? [] : [{ ...compared, rate: spreadOf(quotients) }];
  });
}

/** The memory of the larger rebuild divided by that of the smaller; `undefined` where it was not compared. */
export function memoryRatio(memory: readonly MemoryPeak[]): number | undefined {
  const [small, large] = memory;
  return small === undefined || large === undefined ? undefined : large.peakBytes / small.peakBytes;
}
