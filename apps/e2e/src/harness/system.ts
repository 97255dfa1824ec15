import { rm } from 'node:fs/promises';
import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS, TOPICS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { openLog } from '@logbook/log';
import { openStore, type Store } from '@logbook/store';
import { eventually } from '@logbook/testing';
import { Api } from './api.js';
import { builtProgram } from './repository.js';
import { runProgram, type ProgramRun } from './run-program.js';
import type { ServiceProcess } from './service-process.js';

export type DriverSet = 'embedded' | 'scale';

/** Running services that together are one Logbook, over one log of their own. */
export interface System {
  readonly drivers: DriverSet;
  readonly apiKey: string;
  /** A client that takes turns over the gateways. */
  readonly api: Api;
  /** Those that take requests; on the embedded drivers the one process that does everything. */
  readonly gateways: readonly ServiceProcess[];
  /** Those that project; on the embedded drivers the same process again. */
  readonly projectors: readonly ServiceProcess[];
  /** Where the gateways answer now. */
  readonly urls: readonly string[];
  /** What names this system to one more process of it (the CLI, a further service): drivers, prefix, key. */
  readonly environment: Readonly<Record<string, string>>;
  /** The address of Postgres, or of the embedded one; changes when the embedded process restarts. */
  databaseUrl(): string;
  /** Runs the `logbook` command on this system. */
  cli(...args: string[]): Promise<ProgramRun>;
  /** Runs the `logbook` command and parses what it printed; an exit code other than 0 is an error. */
  cliJson<T>(...args: string[]): Promise<T>;
  /** Runs `action` on the log beside the services. */
  withLog<T>(action: (log: Log) => Promise<T>): Promise<T>;
  /** Runs `action` on the projections' database beside the services. */
  withStore<T>(action: (store: Store) => Promise<T>): Promise<T>;
  /** Resolves once every gateway answers reads. */
  untilReadable(): Promise<void>;
  /** Ends every process in good order and removes all data. Idempotent. */
  stop(): Promise<void>;
}

export interface SystemParts {
  readonly drivers: DriverSet;
  readonly apiKey: string;
  readonly gateways: readonly ServiceProcess[];
  readonly projectors: readonly ServiceProcess[];
  readonly environment: Readonly<Record<string, string>>;
  readonly databaseUrl: () => string;
  readonly logOptions: Parameters<typeof openLog>[0];
  /** Everything on disk that belongs to it alone. */
  readonly directory: string;
  /** What else `stop` removes once no process runs. */
  readonly dispose?: () => Promise<void>;
}

/** A key that only tests use. */
export const TEST_API_KEY = 'e2e-bootstrap-key-0123456789';

const COMMAND_TIMEOUT_MS = 60_000;
const READABLE_TIMEOUT_MS = 60_000;

export function systemOf(parts: SystemParts): System {
  const { gateways, projectors, environment } = parts;
  const urls = (): string[] => gateways.map(({ url }) => url);
  const processes = [...new Set([...gateways, ...projectors])];
  const cli = (...args: string[]): Promise<ProgramRun> =>
    runProgram({
      command: process.execPath,
      args: [builtProgram('cli'), ...args],
      environment,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
  let stopped: Promise<void> | undefined;
  return {
    drivers: parts.drivers,
    apiKey: parts.apiKey,
    api: new Api(urls, parts.apiKey),
    gateways,
    projectors,
    environment,
    get urls() {
      return urls();
    },
    databaseUrl: parts.databaseUrl,
    cli,
    cliJson: async <T>(...args: string[]): Promise<T> => {
      const { code, stdout, stderr } = await cli(...args);
      if (code !== 0) throw new Error(`logbook ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    withLog: async (action) => {
      const log = await openLog(parts.logOptions);
      const partitions = parts.drivers === 'embedded' ? EMBEDDED_PARTITION_COUNTS : DEFAULT_PARTITION_COUNTS;
      try {
        await log.prepare({ topics: TOPICS, partitions });
        return await action(log);
      } finally {
        await log.close();
      }
    },
    withStore: async (action) => {
      const url = parts.databaseUrl();
      const store = await openStore({ kind: parts.drivers === 'embedded' ? 'attached' : 'postgres', url });
      try {
        return await action(store);
      } finally {
        await store.close();
      }
    },
    untilReadable: async () => {
      await Promise.all(gateways.map((gateway) => readable(gateway)));
    },
    stop: () => (stopped ??= stop(processes, parts)),
  };
}

async function readable(gateway: ServiceProcess): Promise<void> {
  await eventually(
    async () => {
      const answer = await fetch(`${gateway.url}/health/ready`);
      const { checks } = (await answer.json()) as { checks: { projections?: { up: boolean } } };
      return checks.projections?.up === true;
    },
    { timeoutMs: READABLE_TIMEOUT_MS, intervalMs: 100, what: `${gateway.name} to answer reads` },
  );
}

async function stop(processes: readonly ServiceProcess[], { directory, dispose }: SystemParts): Promise<void> {
  const endings = await Promise.allSettled(processes.map((process) => process.stop()));
  await dispose?.();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  const failed = endings.find((ending) => ending.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
