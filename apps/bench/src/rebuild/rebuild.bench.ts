import { openServers, type BenchServers, type GivenServers } from './bench-servers.js';
import { emmettPackage } from './emmett-package.js';
import { fillLog } from './fill-log.js';
import type { RebuildBenchOptions } from './rebuild.options.js';
import {
  fillEmmett,
  measureBareConsume,
  measureEmmett,
  measureRebuild,
  type EmmettStore,
  type Measurement,
  type Subject,
} from './subjects.js';
import type { SampleOf } from './summary.js';

export type Sample = SampleOf<Subject>;

/** The most memory that a rebuild of so many events held. */
export interface MemoryPeak {
  readonly events: number;
  readonly peakBytes: number;
}

export interface RebuildResult {
  readonly fsync: string;
  /** `false`: the servers were given, so the CPU time of Kafka and PostgreSQL was not counted. */
  readonly ownServers: boolean;
  readonly samples: readonly Sample[];
  readonly memory: readonly MemoryPeak[];
}

type Say = (sentence: string) => void;

/** Rounds are interleaved: what disturbs the machine for a while disturbs the baselines too. */
export async function measureRebuilds(
  options: RebuildBenchOptions,
  given: GivenServers | undefined,
  say: Say,
): Promise<RebuildResult> {
  say(given === undefined ? 'starting Kafka and PostgreSQL' : 'using the servers that the environment names');
  const servers = await openServers(given);
  try {
    const prefix = servers.newPrefix();
    const { events } = options;
    say(`filling a log with ${events} events`);
    await fillLog({ brokers: servers.brokers, prefix, events });
    const emmett = await openEmmett(servers, options, say);
    const samples: Sample[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      say(`round ${round} of ${options.rounds}`);
      const measurements = await measureRound(servers, { prefix, events }, emmett);
      for (const measurement of measurements) samples.push({ round, ...measurement });
    }
    const memory = await compareMemory(servers, options, samples, say);
    return { fsync: servers.fsync, ownServers: given === undefined, samples, memory };
  } finally {
    await servers.close();
  }
}

async function measureRound(
  servers: BenchServers,
  log: { readonly prefix: string; readonly events: number },
  emmett: EmmettStore | undefined,
): Promise<readonly Measurement[]> {
  return [
    await measureBareConsume(servers, log),
    ...(await measureRebuild(servers, log)),
    ...(emmett === undefined
      ? []
      : [await measureEmmett(servers, emmett, 'sql'), await measureEmmett(servers, emmett, 'documents')]),
  ];
}

async function openEmmett(
  servers: BenchServers,
  { emmettEvents }: RebuildBenchOptions,
  say: Say,
): Promise<EmmettStore | undefined> {
  if (emmettEvents === 0) return undefined;
  say(`filling emmett's event store with ${emmettEvents} events`);
  return fillEmmett(servers, await emmettPackage(), emmettEvents);
}

/** One rebuild of a larger log beside those of the rounds; what they held at most is the highest of theirs. */
async function compareMemory(
  servers: BenchServers,
  { memoryEvents, events }: RebuildBenchOptions,
  samples: readonly Sample[],
  say: Say,
): Promise<MemoryPeak[]> {
  if (memoryEvents === undefined) return [];
  say(`filling a log with ${memoryEvents} events, to compare memory`);
  const prefix = servers.newPrefix();
  await fillLog({ brokers: servers.brokers, prefix, events: memoryEvents });
  say('rebuilding from it');
  const [, verification] = await measureRebuild(servers, { prefix, events: memoryEvents });
  const peaks = samples.flatMap(({ subject, peakBytes }) => (subject === 'verification' ? [peakBytes ?? NaN] : []));
  return [
    { events, peakBytes: Math.max(...peaks) },
    { events: memoryEvents, peakBytes: verification.peakBytes ?? NaN },
  ];
}
