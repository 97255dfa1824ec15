import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { cachedFolder } from '@logbook/testing';

/** Its `package.json` pins the versions, its lock file everything below them. */
const BASELINE = fileURLToPath(new URL('../../baselines/emmett/', import.meta.url));
const INSTALL_TIMEOUT_MS = 180_000;

export const EMMETT_VERSION = '0.42.0';

/**
 * The folder of the installed package, fetched when it is first measured. It is no dependency of this repository:
 * it comes without a licence, so nothing may be built on it or shipped with it (decision 0015).
 */
export function emmettPackage(): Promise<string> {
  return cachedFolder(`emmett-postgresql-${EMMETT_VERSION}`, async (folder) => {
    await cp(BASELINE, folder, { recursive: true });
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      timeout: INSTALL_TIMEOUT_MS,
    });
  });
}

export type Sql = { readonly __brand: 'SQL' };

export interface EmmettEvent<Data> {
  readonly type: string;
  readonly data: Data;
}

/** As much of its API as is measured. */
export interface Emmett {
  getPostgreSQLEventStore(url: string): {
    appendToStream(stream: string, events: readonly EmmettEvent<object>[]): Promise<unknown>;
    close(): Promise<void>;
  };
  rebuildPostgreSQLProjections(options: {
    readonly connectionString: string;
    readonly projection: unknown;
    readonly pulling: { readonly batchSize: number };
  }): { start(): Promise<void>; close(): Promise<void> };
  pongoSingleStreamProjection<Document, Data>(options: {
    readonly collectionName: string;
    readonly canHandle: readonly string[];
    readonly initialState: () => Document;
    readonly evolve: (document: Document, event: EmmettEvent<Data>) => Document;
  }): unknown;
  postgreSQLRawSQLProjection<Data>(options: {
    readonly name: string;
    readonly canHandle: readonly string[];
    readonly init: () => Sql;
    readonly evolve: (event: EmmettEvent<Data> & { readonly metadata: { readonly streamName: string } }) => Sql;
  }): unknown;
}

export interface EmmettModules {
  readonly emmett: Emmett;
  readonly SQL: (texts: TemplateStringsArray, ...values: readonly unknown[]) => Sql;
}

export async function importEmmett(folder: string): Promise<EmmettModules> {
  const load = (name: string): Promise<unknown> =>
    import(pathToFileURL(join(folder, 'node_modules', '@event-driven-io', name, 'dist', 'index.js')).href);
  const emmett = (await load('emmett-postgresql')) as Emmett;
  const { SQL } = (await load('dumbo')) as Pick<EmmettModules, 'SQL'>;
  return { emmett, SQL };
}
