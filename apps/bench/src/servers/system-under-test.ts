import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOwner } from '@logbook/config';
import { startServices, type Services } from '@logbook/testing';
import type { DriverSet } from '../options.js';
import { StartedProgram } from './started-program.js';

const API_KEY = 'benchmark-key-of-this-run-only';

/** A process whose CPU time is counted. */
export interface CountedProcess {
  readonly name: string;
  readonly pid: number;
}

export interface SystemUnderTest {
  readonly driverSet: DriverSet;
  /** Where the API is. */
  readonly url: string;
  readonly apiKey: string;
  /** Of the Kafka beside it; `undefined` on the embedded drivers. */
  readonly brokers: string | undefined;
  /** Where that Kafka keeps its partitions. */
  readonly kafkaLogs: string | undefined;
  readonly databaseUrl: string;
  /** As the servers have it, for the CLI. */
  readonly environment: Readonly<Record<string, string>>;
  readonly processes: readonly CountedProcess[];
  /** The gateway at `url`, and those beside it. */
  readonly gateways: readonly (CountedProcess & { readonly url: string })[];
  /** Stops everything and removes the data. */
  stop(): Promise<void>;
}

const builtProgram = (app: string): URL => new URL(`../../../${app}/dist/main.js`, import.meta.url);

export const PROJECTOR = {
  name: 'projector',
  program: builtProgram('projector'),
  ready: /^Logbook projector follows .*health on (\S+)\/health/,
};

const GATEWAY = {
  name: 'gateway',
  program: builtProgram('gateway'),
  ready: /^Logbook gateway listens on (\S+)/,
};

export interface SystemOptions {
  /** Whether a projector follows what is measured; where it does not, its share of the machine is left to the others. */
  readonly projecting?: boolean;
  /** How many gateways there are on Kafka; default one. */
  readonly gateways?: number;
}

/** Starts servers of its own with fresh data: on Kafka, PostgreSQL and Redis, or all in one process. */
export async function startSystem(
  driverSet: DriverSet,
  { projecting = true, gateways = 1 }: SystemOptions = {},
): Promise<SystemUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
  const undo: (() => Promise<void>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  const environment = {
    PORT: '0',
    LOGBOOK_PROJECTOR_PORT: '0',
    LOGBOOK_DATA_DIR: dataDir,
    LOGBOOK_BOOTSTRAP_API_KEY: API_KEY,
    LOG_LEVEL: 'error',
  };
  const common = { driverSet, apiKey: API_KEY, stop };
  const start = async (settings: Parameters<typeof StartedProgram.start>[0]): Promise<StartedProgram> => {
    const program = await StartedProgram.start(settings);
    undo.push(() => program.stop());
    return program;
  };
  try {
    if (driverSet === 'embedded') {
      const ready = /^Logbook is ready on (\S+)/;
      const standalone = await start({ name: 'standalone', program: builtProgram('standalone'), environment, ready });
      return {
        ...{ ...common, url: standalone.url, brokers: undefined, kafkaLogs: undefined, environment },
        databaseUrl: readOwner(dataDir)?.databaseUrl ?? '',
        processes: [standalone],
        gateways: [standalone],
      };
    }
    const services = await startServices();
    undo.push(() => services.stop());
    const onServers = { ...environment, ...addressesOf(services) };
    const gateway = await start({ ...GATEWAY, environment: onServers });
    const others: StartedProgram[] = [];
    for (let number = 2; number <= gateways; number += 1) {
      const ownDataDir = { LOGBOOK_DATA_DIR: join(dataDir, `gateway-${number}`) };
      others.push(await start({ ...GATEWAY, name: `gateway ${number}`, environment: { ...onServers, ...ownDataDir } }));
    }
    const projectors = projecting ? [await start({ ...PROJECTOR, environment: onServers })] : [];
    return {
      ...common,
      url: gateway.url,
      brokers: services.kafka?.brokers,
      kafkaLogs: services.kafka?.logs,
      databaseUrl: services.postgres?.url ?? '',
      environment: onServers,
      processes: [gateway, ...others, ...projectors, ...processesOf(services)],
      gateways: [gateway, ...others],
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function processOf(system: SystemUnderTest, name: string): CountedProcess {
  const found = system.processes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the system has no ${name}`);
  return found;
}

/** Of a client that has said what it runs on. */
export async function fingerprintOf({ url, apiKey }: SystemUnderTest): Promise<string> {
  const answer = await fetch(`${url}/api/v1/fingerprints`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: '{"language":"node","language_version":"20","system":"bench"}',
  });
  return ((await answer.json()) as { fingerprint_id: string }).fingerprint_id;
}

function addressesOf({ kafka, postgres, redis }: Services): Record<string, string> {
  if (kafka === undefined || postgres === undefined || redis === undefined) throw new Error('a server is missing');
  return { KAFKA_BROKERS: kafka.brokers, DATABASE_URL: postgres.url, REDIS_URL: `redis://${redis.address}` };
}

function processesOf({ kafka, postgres, redis }: Services): CountedProcess[] {
  return [kafka, postgres, redis].flatMap((service) =>
    service === undefined ? [] : [{ name: service.name, pid: service.pid }],
  );
}
