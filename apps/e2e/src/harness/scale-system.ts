import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, readTestServices } from '@logbook/config';
import type { Log } from '@logbook/core';
import type { Store } from '@logbook/store';
import { createDatabase, freePort, uniqueName } from '@logbook/testing';
import { builtProgram } from './repository.js';
import { ServiceProcess } from './service-process.js';
import { systemOf, TEST_API_KEY, type System } from './system.js';

export interface ScaleOptions {
  readonly gateways?: number;
  readonly projectors?: number;
  /** The servers to run on; those of the test run if absent. A test that stops one brings its own. */
  readonly servers?: { readonly kafkaBrokers?: string; readonly databaseUrl?: string; readonly redisUrl?: string };
  /** Settings of every process beyond those that make it a system of its own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What is there before the first service starts: messages in the log, generations in the database. */
  readonly prepare?: (opened: { readonly log: Log; readonly store: Store }) => Promise<void>;
}

/** Gateways and projectors as processes of their own on real Kafka, Postgres and Redis, with topics and a database of their own. */
export async function startScale(options: ScaleOptions = {}): Promise<System> {
  const servers = { ...readTestServices(), ...options.servers };
  const prefix = uniqueName('e2e');
  const database = await createDatabase(servers.databaseUrl, prefix.replaceAll('-', '_'));
  const directory = await mkdtemp(join(tmpdir(), 'logbook-e2e-'));
  const shared = {
    KAFKA_BROKERS: servers.kafkaBrokers,
    DATABASE_URL: database.url,
    REDIS_URL: servers.redisUrl,
    LOGBOOK_TOPIC_PREFIX: prefix,
    LOGBOOK_BOOTSTRAP_API_KEY: TEST_API_KEY,
    LOG_LEVEL: 'warn',
    ...options.environment,
  };
  const inDirectory = (name: string) => ({ ...shared, LOGBOOK_DATA_DIR: join(directory, name) });
  const gateways = await times(options.gateways ?? 2, async (number) => {
    const name = `gateway-${number}`;
    return new ServiceProcess({
      name,
      program: builtProgram('gateway'),
      environment: { ...inDirectory(name), PORT: String(await freePort()) },
      ready: /^Logbook gateway listens on (?<url>http:\S+)$/m,
    });
  });
  const projectors = await times(options.projectors ?? 1, async (number) => {
    const name = `projector-${number}`;
    return new ServiceProcess({
      name,
      program: builtProgram('projector'),
      environment: { ...inDirectory(name), LOGBOOK_PROJECTOR_PORT: String(await freePort()) },
      ready: /^Logbook projector follows .*health on (?<url>http:\S+?)\/health\/ready$/m,
    });
  });
  const environment = inDirectory('cli');
  const settings = readSettings('cli', environment);
  const system = systemOf({
    drivers: 'scale',
    apiKey: shared.LOGBOOK_BOOTSTRAP_API_KEY,
    gateways,
    projectors,
    environment,
    databaseUrl: () => database.url,
    logOptions: { ...settings.log, messageBytesMax: settings.eventBytesMax, clientId: 'logbook/e2e' },
    directory,
    // A test may have stopped the server for good; then there is nothing left to drop.
    dispose: () => database.drop().catch(() => undefined),
  });
  try {
    const { prepare } = options;
    if (prepare !== undefined) await system.withLog((log) => system.withStore((store) => prepare({ log, store })));
    await Promise.all([...gateways, ...projectors].map((process) => process.start()));
    await system.untilReadable();
    return system;
  } catch (error) {
    await system.stop();
    throw error;
  }
}

async function times<T>(count: number, make: (number: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let number = 1; number <= count; number += 1) made.push(await make(number));
  return made;
}
