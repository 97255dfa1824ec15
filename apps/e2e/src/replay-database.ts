import { join } from 'node:path';
import { openStore, type Store } from '@logbook/store';
import { freePort } from '@logbook/testing';
import { builtProgram } from './harness/repository.js';
import { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { logEnds, untilPassed } from './caught-up.js';

/** A database beside that of a system, empty, and a projector that fills it from the same topics. */
export class ReplayDatabase {
  private constructor(
    private readonly system: System,
    private readonly name: string,
    private readonly url: string,
    private readonly projector: ServiceProcess,
  ) {}

  static async create(system: System, name: string): Promise<ReplayDatabase> {
    await system.withStore((store) => store.pool.query(`CREATE DATABASE ${name}`));
    const url = new URL(system.databaseUrl());
    url.pathname = `/${name}`;
    const projector = new ServiceProcess({
      name: 'replaying projector',
      program: builtProgram('projector'),
      environment: {
        ...system.environment,
        DATABASE_URL: url.href,
        LOGBOOK_DATA_DIR: join(system.environment['LOGBOOK_DATA_DIR'] ?? '', name),
        LOGBOOK_PROJECTOR_PORT: String(await freePort()),
      },
      ready: /^Logbook projector follows .*health on (?<url>http:\S+?)\/health\/ready$/m,
    });
    return new ReplayDatabase(system, name, url.href, projector);
  }

  /** Folds everything the log holds now, then gives what `use` makes of it. */
  async replay<T>(use: (store: Store) => Promise<T>): Promise<T> {
    const ends = await logEnds(this.system);
    await this.projector.start();
    const store = await openStore({ kind: 'postgres', url: this.url });
    try {
      await untilPassed(store, ends);
      return await use(store);
    } finally {
      await store.close();
    }
  }

  async drop(): Promise<void> {
    await this.projector.stop();
    await this.system.withStore((store) => store.pool.query(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`));
  }
}
