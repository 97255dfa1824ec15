import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@logbook/core';
import { randomFrom } from '@logbook/testing';
import { CheckpointProgress } from '../projector/checkpoint-progress.js';
import { openServers, type BenchServers } from '../rebuild/bench-servers.js';
import { APPEND_MESSAGES } from '../rebuild/fill-log.js';
import { openBenchLog } from '../rebuild/open-bench-log.js';
import { between, markNow } from '../rebuild/watched-program.js';
import { StartedProgram } from '../servers/started-program.js';
import { PROJECTOR } from '../servers/system-under-test.js';
import type { GrowthSample } from './dimensions.js';
import { prefill, requireUnchangedCounts, tableSizes, type TableSize } from './prefill.js';
import { KnownTraffic, TOPIC_OF, TRAFFICS, type Traffic } from './traffic.js';

const PROJECTED_TIMEOUT_MS = 120_000;

export interface RowsGrowth {
  readonly samples: readonly GrowthSample[];
  /** Of the largest database, after everything. */
  readonly tables: readonly TableSize[];
}

export interface RowsGrowthOptions {
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Of one measurement. */
  readonly messages: number;
}

/** Rounds are interleaved: each database has a projector of its own, and idle ones cost next to nothing. */
export async function measureRows(
  { sizes, rounds, messages }: RowsGrowthOptions,
  say: (sentence: string) => void,
): Promise<RowsGrowth> {
  say('starting Kafka and PostgreSQL');
  const servers = await openServers(undefined);
  const filled: FilledDatabase[] = [];
  try {
    for (const size of sizes) {
      say(`writing ${size} sessions, people and events`);
      filled.push(await FilledDatabase.open(servers, size));
      await servers.settle();
    }
    const samples: GrowthSample[] = [];
    // The first is for the compilers.
    for (let round = 0; round <= rounds; round += 1) {
      say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      for (const traffic of TRAFFICS) {
        for (const database of filled) {
          const measured = await database.measure(traffic, { round, messages });
          if (round > 0) samples.push(...measured);
        }
      }
    }
    for (const database of filled) await database.check();
    return { samples, tables: (await filled.at(-1)?.tables()) ?? [] };
  } finally {
    for (const database of filled) await database.close();
    await servers.close();
  }
}

interface Parts {
  readonly servers: BenchServers;
  readonly size: number;
  readonly url: string;
  readonly log: Log;
  readonly projector: StartedProgram;
  readonly progress: Readonly<Record<'events' | 'commands', CheckpointProgress>>;
  readonly traffic: KnownTraffic;
  readonly dataDir: string;
}

/** A database with so many rows, a projector that follows a log of its own into it, and that log. */
class FilledDatabase {
  private constructor(private readonly parts: Parts) {}

  static async open(servers: BenchServers, size: number): Promise<FilledDatabase> {
    const prefix = servers.newPrefix();
    const url = await servers.createDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
    const { log } = await openBenchLog({ brokers: servers.brokers, prefix });
    const progress = {
      events: await CheckpointProgress.open(url, 'events'),
      commands: await CheckpointProgress.open(url, 'commands'),
    };
    const environment = {
      KAFKA_BROKERS: servers.brokers,
      DATABASE_URL: url,
      LOGBOOK_TOPIC_PREFIX: prefix,
      LOGBOOK_DATA_DIR: dataDir,
      LOGBOOK_PROJECTOR_PORT: '0',
      LOG_LEVEL: 'error',
    };
    const projector = await StartedProgram.start({ ...PROJECTOR, environment });
    // It has made the tables, and nothing is in the log that it would write.
    await prefill(url, size);
    const traffic = new KnownTraffic(size, randomFrom(size));
    return new FilledDatabase({ servers, size, url, log, projector, progress, traffic, dataDir });
  }

  /**
   * The projector stands still until the messages are in the log, so that it does not share the processors with their
   * making. No CHECKPOINT goes before: the first change of each page after one writes the whole page, and with a million
   * rows every event would be the first of its page.
   */
  async measure(
    traffic: Traffic,
    { round, messages }: { readonly round: number; readonly messages: number },
  ): Promise<GrowthSample[]> {
    const { projector, servers, size } = this.parts;
    const topic = TOPIC_OF[traffic];
    const progress = this.parts.progress[topic];
    const target = progress.committed + messages;
    process.kill(projector.pid, 'SIGSTOP');
    try {
      await this.append(traffic, messages);
    } finally {
      process.kill(projector.pid, 'SIGCONT');
    }
    const begins = markNow(projector.pid, servers.processes);
    await progress.reached(target, { timeoutMs: PROJECTED_TIMEOUT_MS });
    const level = markNow(projector.pid, servers.processes);
    const { cpuUsPerEvent } = between(begins, level, { subject: traffic, events: messages });
    return Object.entries({ projector: cpuUsPerEvent['program'], PostgreSQL: cpuUsPerEvent['PostgreSQL'] }).flatMap(
      ([name, usPerEvent]) =>
        usPerEvent === undefined
          ? []
          : [{ round, dimension: 'rows' as const, series: `${name}, ${SERIES[traffic]}`, size, usPerEvent }],
    );
  }

  private async append(traffic: Traffic, messages: number): Promise<void> {
    for (let made = 0; made < messages; made += APPEND_MESSAGES) {
      const batch = Array.from({ length: Math.min(APPEND_MESSAGES, messages - made) }, () =>
        this.parts.traffic.next(traffic),
      );
      await this.parts.log.append(TOPIC_OF[traffic], batch);
    }
  }

  check(): Promise<void> {
    return requireUnchangedCounts(this.parts.url, this.parts.size);
  }

  tables(): Promise<TableSize[]> {
    return tableSizes(this.parts.url);
  }

  async close(): Promise<void> {
    await this.parts.projector.stop();
    await this.parts.progress.events.close();
    await this.parts.progress.commands.close();
    await this.parts.log.close();
    await rm(this.parts.dataDir, { recursive: true, force: true });
  }
}

const SERIES: Readonly<Record<Traffic, string>> = {
  GOING: 'sessions of fifteen events',
  SCATTERED: 'every event of another session',
  PEOPLE: 'people changed',
};
