import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  readonly processes: readonly CountedProcess[];
  /** Stops everything and removes the data. */
  stop(): Promise<void>;
}

const builtProgram = (app: string): URL => new URL(`../../../${app}/dist/main.js`, import.meta.url);

export const PROJECTOR = {
  name: 'projector',
  program: builtProgram('projector'),
  ready: /^Logbook projector follows .*health on (\S+)\/health/,
};

export interface SystemOptions {
  /** Whether a projector follows what is measured; where it does not, its share of the machine is left to the others. */
  readonly projecting: boolean;
}

/** Starts servers of its own with fresh data: on Kafka, PostgreSQL and Redis, or all in one process. */
export async function startSystem(
  driverSet: DriverSet,
  { projecting }: SystemOptions = { projecting: true },
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
  const start = async (settings: Parameters<typeof StartedProgram.start>[0]): Promise<StartedProgram> => {
    const program = await StartedProgram.start(settings);
    undo.push(() => program.stop());
    return program;
  };
  try {
    if (driverSet === 'embedded') {
      const ready = /^Logbook is ready on (\S+)/;
      const standalone = await start({ name: 'standalone', program: builtProgram('standalone'), environment, ready });
      return { driverSet, url: standalone.url, apiKey: API_KEY, brokers: undefined, processes: [standalone], stop };
    }
    const services = await startServices();
    undo.push(() => services.stop());
    const onServers = { ...environment, ...addressesOf(services) };
    const gatewayReady = /^Logbook gateway listens on (\S+)/;
    const gateway = await start({
      name: 'gateway',
      program: builtProgram('gateway'),
      environment: onServers,
      ready: gatewayReady,
    });
    const projectors = projecting ? [await start({ ...PROJECTOR, environment: onServers })] : [];
    return {
      driverSet,
      url: gateway.url,
      apiKey: API_KEY,
      brokers: services.kafka?.brokers,
      processes: [gateway, ...projectors, ...processesOf(services)],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
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
