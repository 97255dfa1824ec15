import { openServers, type GivenServers } from '../rebuild/bench-servers.js';
import { fillLog } from '../rebuild/fill-log.js';
import { measureBareConsume } from '../rebuild/subjects.js';
import type { ProjectorBenchOptions } from './projector.options.js';
import { measureProjector, measureStock, type Measurement } from './subjects.js';

export interface ProjectorSample extends Measurement {
  readonly round: number;
}

export interface ProjectorResult {
  readonly fsync: string;
  /** `false`: the servers were given, so the CPU time of Kafka and PostgreSQL was not counted. */
  readonly ownServers: boolean;
  readonly samples: readonly ProjectorSample[];
}

/** Rounds are interleaved: what disturbs the machine for a while disturbs the baselines too. */
export async function measureProjectors(
  options: ProjectorBenchOptions,
  given: GivenServers | undefined,
  say: (sentence: string) => void,
): Promise<ProjectorResult> {
  const { events, stockEvents, rounds, cpuProf } = options;
  const nodeArgs = cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`];
  say(given === undefined ? 'starting Kafka and PostgreSQL' : 'using the servers that the environment names');
  const servers = await openServers(given);
  try {
    const prefix = servers.newPrefix();
    say(`filling a log with ${events} events`);
    await fillLog({ brokers: servers.brokers, prefix, events });
    const samples: ProjectorSample[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      const measurements: Measurement[] = [
        { ...(await measureBareConsume(servers, { prefix, events })), subject: 'bare kafkajs' },
        ...(await measureProjector(servers, { prefix, events }, { nodeArgs })),
        await measureStock(servers, { prefix, events: stockEvents }),
      ];
      for (const measurement of measurements) samples.push({ round, ...measurement });
    }
    return { fsync: servers.fsync, ownServers: given === undefined, samples };
  } finally {
    await servers.close();
  }
}
