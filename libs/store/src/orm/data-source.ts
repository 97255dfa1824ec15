import 'reflect-metadata';
import { DataSource, type DataSourceOptions, type EntitySchema } from 'typeorm';
import type { Store } from '../open-store.js';
import { sharedPoolDriver } from './shared-pool-driver.js';

interface SchemaOptions {
  readonly schema: string;
  readonly entities: readonly EntitySchema<object>[];
  readonly migrations?: DataSourceOptions['migrations'];
}

/** A data source on the connections of the store. Not yet connected; never changes a schema by itself. */
export function dataSourceOn(store: Store, { schema, entities, migrations = [] }: SchemaOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    driver: sharedPoolDriver(store.pool),
    schema,
    entities: [...entities],
    migrations,
    migrationsTableName: 'migrations',
    synchronize: false,
    // Extensions are neither needed nor, on the embedded store, to be had.
    installExtensions: false,
    logging: false,
  });
}
