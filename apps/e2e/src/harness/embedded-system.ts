import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOwner, readSettings } from '@logbook/config';
import { freePort } from '@logbook/testing';
import { builtProgram } from './repository.js';
import { ServiceProcess } from './service-process.js';
import { systemOf, TEST_API_KEY, type System } from './system.js';

export interface EmbeddedOptions {
  /** Settings beyond those that make it a system of its own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One process, everything in a temporary data directory: what `npm start` runs. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<System> {
  const directory = await mkdtemp(join(tmpdir(), 'logbook-e2e-'));
  await chmod(directory, 0o755);
  const dataDir = join(directory, 'data');
  const environment = {
    LOGBOOK_DATA_DIR: dataDir,
    LOGBOOK_BOOTSTRAP_API_KEY: TEST_API_KEY,
    LOG_LEVEL: 'warn',
    ...options.environment,
  };
  const server = new ServiceProcess({
    name: 'standalone',
    program: builtProgram('standalone'),
    environment: { ...environment, PORT: String(await freePort()) },
    ready: /^Logbook is ready on (?<url>http:\S+)$/m,
  });
  const settings = readSettings('cli', environment);
  const system = systemOf({
    drivers: 'embedded',
    apiKey: environment.LOGBOOK_BOOTSTRAP_API_KEY,
    gateways: [server],
    projectors: [server],
    environment,
    databaseUrl: () => {
      const url = readOwner(environment.LOGBOOK_DATA_DIR)?.databaseUrl;
      if (typeof url !== 'string')
        throw new Error(`no process owns ${environment.LOGBOOK_DATA_DIR} now, so its Postgres does not run`);
      return url;
    },
    logOptions: { ...settings.log, messageBytesMax: settings.eventBytesMax, clientId: 'logbook/e2e' },
    directory,
  });
  try {
    await server.start();
    await system.untilReadable();
    return system;
  } catch (error) {
    await server.kill();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
