import { storeOperation } from '@logbook/core';
import { MigrationExecutor } from 'typeorm';
import type { Store } from '../open-store.js';
import { dataSourceOn } from '../orm/data-source.js';
import { CreateOps1764000000000 } from './create-ops.migration.js';
import { IdentifyGenerations1764000000001 } from './identify-generations.migration.js';
import { KeyUses1764000000003 } from './key-uses.migration.js';
import { SeveralGenerations1764000000002 } from './several-generations.migration.js';

/** In the order they run. One that was released is never changed. */
export const OPS_MIGRATIONS = [
  CreateOps1764000000000,
  IdentifyGenerations1764000000001,
  SeveralGenerations1764000000002,
  KeyUses1764000000003,
] as const;

/** Brings the `ops` schema up to date. The caller makes sure that no two run at once (`exclusively`). */
export async function migrateOps(store: Store): Promise<void> {
  await storeOperation(async () => {
    await store.pool.query('CREATE SCHEMA IF NOT EXISTS ops');
    const source = dataSourceOn(store, { schema: 'ops', entities: [], migrations: [...OPS_MIGRATIONS] });
    await source.initialize();
    try {
      const executor = new MigrationExecutor(source);
      executor.transaction = 'each';
      await executor.executePendingMigrations();
    } finally {
      await source.destroy();
    }
  });
}
