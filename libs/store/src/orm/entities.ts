import { columnName, type Column, type Fold, type FoldTables, type Table } from '@logbook/projections';
import {
  EntitySchema,
  EntitySchemaOptions,
  type EntitySchemaColumnOptions,
  type ColumnType as OrmColumnType,
} from 'typeorm';
import { generationName } from '../sql/identifiers.js';

/** The entities of one generation, by the names its fold gives the tables. */
export type Entities = Readonly<Record<keyof FoldTables, EntitySchema<object>>>;

const ORM_TYPES: Readonly<Record<Column['type'], OrmColumnType>> = {
  text: 'text',
  uuid: 'uuid',
  int: 'int',
  bigint: 'bigint',
  timestamp: 'timestamptz',
  bytes: 'bytea',
  boolean: 'boolean',
  jsonb: 'jsonb',
};

/** Builds the entities from the fold's definition of its tables, in the generation's schema. */
export function entitiesOf(generation: string, fold: Fold): Entities {
  const schema = generationName(generation);
  const entries = Object.entries<Table>({ ...fold.tables });
  return Object.fromEntries(entries.map(([name, table]) => [name, entityOf(schema, table)])) as Entities;
}

function entityOf(schema: string, table: Table): EntitySchema<object> {
  const columns = Object.entries(table.columns).map(([property, column]): [string, EntitySchemaColumnOptions] => [
    property,
    {
      name: columnName(property, column),
      type: ORM_TYPES[column.type],
      nullable: column.nullable,
      primary: table.primaryKey.includes(property),
      ...(column.type === 'timestamp' ? { precision: 3 } : {}),
    },
  ]);
  const options = new EntitySchemaOptions<object>();
  options.name = table.name;
  options.tableName = table.name;
  options.schema = schema;
  options.columns = Object.fromEntries(columns);
  return new EntitySchema<object>(options);
}
