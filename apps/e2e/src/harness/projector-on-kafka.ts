import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, readTestServices } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, TOPICS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog } from '@logbook/log';
import { openStore, type Store } from '@logbook/store';
import { createDatabase, freePort, uniqueName } from '@logbook/testing';
import { builtProgram } from './repository.js';
import { runProgram, type ProgramRun } from './run-program.js';
import { ServiceProcess } from './service-process.js';

/** Topics and a database of its own, with projectors, usage services and the command line on them, and a test that appends itself. */
export interface ProjectorOnKafka {
  readonly prefix: string;
  readonly log: Log;
  readonly store: Store;
  readonly environment: Readonly<Record<string, string>>;
  /** One more projector, not started yet. */
  projector(settings?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  /** One more usage service, not started yet. */
  usage(): Promise<ServiceProcess>;
  cli(...args: string[]): Promise<ProgramRun>;
  /** Topics that somebody deleted, made again as Logbook makes them. */
  recreateTopics(): Promise<void>;
  stop(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 120_000;

export async function startProjectorOnKafka(): Promise<ProjectorOnKafka> {
  const { kafkaBrokers, databaseUrl } = readTestServices();
  const prefix = uniqueName('e2e');
  const database = await createDatabase(databaseUrl, prefix.replaceAll('-', '_'));
  const directory = await mkdtemp(join(tmpdir(), 'logbook-e2e-'));
  const environment = {
    KAFKA_BROKERS: kafkaBrokers,
    DATABASE_URL: database.url,
    LOGBOOK_TOPIC_PREFIX: prefix,
    LOGBOOK_DATA_DIR: join(directory, 'data'),
    LOG_LEVEL: 'warn',
  };
  const settings = readSettings('cli', environment);
  const log = await openLog({
    ...settings.log,
    messageBytesMax: settings.eventBytesMax,
    clientId: 'logbook/e2e',
    // What the client library has to say of a topic that a test deletes is no news.
    logger: () => undefined,
  });
  const store = await openStore({ kind: 'postgres', url: database.url });
  const partitions = DEFAULT_PARTITION_COUNTS;
  const control = await ControlFollower.open({ log, source: 'logbook/e2e', partitions });
  const started: ServiceProcess[] = [];
  const keep = (process: ServiceProcess): ServiceProcess => {
    started.push(process);
    return process;
  };
  return {
    prefix,
    log,
    store,
    environment,
    projector: async (own = {}) =>
      keep(
        new ServiceProcess({
          name: `projector-${started.length + 1}`,
          program: builtProgram('projector'),
          environment: { ...environment, LOGBOOK_PROJECTOR_PORT: String(await freePort()), ...own },
          ready: /^Logbook projector follows .*health on (?<url>http:\S+?)\/health\/ready$/m,
        }),
      ),
    usage: async () =>
      keep(
        new ServiceProcess({
          name: `usage-${started.length + 1}`,
          program: builtProgram('usage'),
          environment: { ...environment, LOGBOOK_USAGE_PORT: String(await freePort()) },
          ready: /^Logbook usage counts .*health on (?<url>http:\S+?)\/health\/ready$/m,
        }),
      ),
    cli: (...args) =>
      runProgram({
        command: process.execPath,
        args: [builtProgram('cli'), ...args],
        environment,
        timeoutMs: COMMAND_TIMEOUT_MS,
      }),
    recreateTopics: () => log.prepare({ topics: TOPICS, partitions }),
    stop: async () => {
      for (const process of started) await process.stop();
      await control.stop();
      await log.close();
      await store.close();
      await database.drop().catch(() => undefined);
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
