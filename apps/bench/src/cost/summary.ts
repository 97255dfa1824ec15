import { spreadOf, type Spread } from '../statistics.js';
import type { Server } from './scenarios.js';

/** One measurement of one round. */
export interface CostSample {
  readonly round: number;
  readonly server: Server;
  readonly shape: string;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** CPU microseconds of the server's process; what it does aside counts too. */
  readonly serverUsPerEvent: number;
  /** CPU microseconds of the broker; `null` for a server that appends nothing. */
  readonly kafkaUsPerEvent: number | null;
  readonly bodyBytesPerEvent: number;
  /** What the log grew by: bodies, keys, headers. `null` as before. */
  readonly logBytesPerEvent: number | null;
  /** How many times more bytes the batches of the log were before they were compressed. `null` as before. */
  readonly shrink: number | null;
}

/** What all rounds of one shape on one server came to. */
export interface CostRow {
  readonly server: Server;
  readonly shape: string;
  readonly eventsPerSecond: Spread;
  readonly serverUsPerEvent: Spread;
  readonly kafkaUsPerEvent: Spread | undefined;
  readonly bodyBytesPerEvent: Spread;
  readonly logBytesPerEvent: Spread | undefined;
  readonly shrink: Spread | undefined;
  /** CPU per event divided by the baseline's of the same round and shape. */
  readonly cpuRatio: Readonly<Partial<Record<Server, Spread>>>;
  /** CPU per event divided by the same server's at the first shape, of the same round. */
  readonly firstShapeRatio: Spread | undefined;
}

const BASELINES: readonly Server[] = ['bare HTTP', 'stock Nest'];

export function summarizeCost(samples: readonly CostSample[]): CostRow[] {
  const groups = new Map<string, CostSample[]>();
  for (const sample of samples) {
    const group = `${sample.shape}\n${sample.server}`;
    groups.set(group, [...(groups.get(group) ?? []), sample]);
  }
  const firstShape = samples[0]?.shape ?? '';
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { server, shape } = first;
    const against = (other: Pick<CostSample, 'server' | 'shape'>): Spread | undefined => ratio(group, samples, other);
    const ratios = BASELINES.filter((baseline) => baseline !== server).flatMap((baseline) => {
      const spread = against({ server: baseline, shape });
      return spread === undefined ? [] : [[baseline, spread] as const];
    });
    return [
      {
        server,
        shape,
        eventsPerSecond: spreadOf(group.map(({ eventsPerSecond }) => eventsPerSecond)),
        serverUsPerEvent: spreadOf(group.map(({ serverUsPerEvent }) => serverUsPerEvent)),
        kafkaUsPerEvent: spreadOfAny(group.map((sample) => sample.kafkaUsPerEvent)),
        bodyBytesPerEvent: spreadOf(group.map(({ bodyBytesPerEvent }) => bodyBytesPerEvent)),
        logBytesPerEvent: spreadOfAny(group.map((sample) => sample.logBytesPerEvent)),
        shrink: spreadOfAny(group.map(({ shrink }) => shrink)),
        cpuRatio: Object.fromEntries(ratios),
        firstShapeRatio: shape === firstShape ? undefined : against({ server, shape: firstShape }),
      },
    ];
  });
}

function spreadOfAny(values: readonly (number | null)[]): Spread | undefined {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? undefined : spreadOf(present);
}

function ratio(
  group: readonly CostSample[],
  samples: readonly CostSample[],
  other: Pick<CostSample, 'server' | 'shape'>,
): Spread | undefined {
  const quotients = group.flatMap(({ round, serverUsPerEvent }) => {
    const found = samples.find(
      (each) => each.round === round && each.server === other.server && each.shape === other.shape,
    );
    return found === undefined ? [] : [serverUsPerEvent / found.serverUsPerEvent];
  });
  return quotients.length === 0 ? undefined : spreadOf(quotients);
}
