import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Environment } from './environment.js';

/** What a client of a running server needs (`npm run smoke`). */
export interface ClientSettings {
  /** Without a trailing slash. */
  readonly url: string;
  /** `null` when neither LOGBOOK_API_KEY nor the data directory has one. */
  readonly apiKey: string | null;
  /** Where the first start of a server on this machine keeps its key. */
  readonly apiKeyFile: string;
}

/** Reads `LOGBOOK_URL`, `LOGBOOK_API_KEY` and, for want of a key, the file that a server's first start made. */
export function readClientSettings(variables: NodeJS.ProcessEnv = process.env): ClientSettings {
  const defaults = new Environment();
  const url = variables['LOGBOOK_URL'] || `http://${defaults.HOST}:${defaults.PORT}`;
  const apiKeyFile = join(resolve(variables['LOGBOOK_DATA_DIR'] || defaults.LOGBOOK_DATA_DIR), 'api-key');
  return { url: url.replace(/\/+$/, ''), apiKey: variables['LOGBOOK_API_KEY'] || keptKey(apiKeyFile), apiKeyFile };
}

function keptKey(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Not there, or not ours to read: either way there is no key.
    return null;
  }
}

/** The real servers that tests run on; jest's global set-up starts what nobody named. */
export interface TestServices {
  readonly kafkaBrokers: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** Throws when one is missing: a suite that needs a server never passes without it. */
export function readTestServices(variables: NodeJS.ProcessEnv = process.env): TestServices {
  const required = (name: string): string => {
    const value = variables[name];
    if (value === undefined || value === '')
      throw new Error(`${name} is not set: run the tests without LOGBOOK_TEST_SERVICES=none`);
    return value;
  };
  return {
    kafkaBrokers: required('LOGBOOK_TEST_KAFKA_BROKERS'),
    databaseUrl: required('LOGBOOK_TEST_DATABASE_URL'),
    redisUrl: required('LOGBOOK_TEST_REDIS_URL'),
  };
}
