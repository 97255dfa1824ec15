import type { Table } from '@logbook/projections';
import pg, { type Connection, type PoolClient } from 'pg';
import { copyMessages } from './copy-messages.js';
import { quotedColumn, tableIn } from './identifiers.js';

/**
 * Adds rows whose keys no row has: a key that is there is refused as a unique violation. PostgreSQL takes rows this way
 * page by page, for a good half of what inserting them costs it.
 */
export async function copyRows(
  client: PoolClient,
  generation: string,
  table: Table,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  if (rows.length === 0) return;
  const messages = copyMessages(table, rows);
  await new Promise<void>((resolve, reject) => {
    client.query(new CopyIn(copySql(generation, table), messages, (error) => (error ? reject(error) : resolve())));
  });
}

function copySql(generation: string, table: Table): string {
  const names = Object.entries(table.columns).map(([property, column]) => quotedColumn(property, column));
  return `COPY ${tableIn(generation, table.name)} (${names.join(', ')}) FROM STDIN (FORMAT binary)`;
}

/**
 * A COPY as a query of `pg`. All of it is sent at once: a server that refuses the statement or a row drops the data that
 * come behind it, as the protocol has it, and goes on with what follows them. Source: PostgreSQL manual, "COPY Operations".
 */
class CopyIn extends pg.Query {
  constructor(
    private readonly statement: string,
    private readonly messages: readonly Buffer[],
    callback: (error: Error | null | undefined) => void,
  ) {
    super(statement, undefined, callback);
  }

  override submit = (connection: Connection): void => {
    const { stream } = connection;
    stream.cork();
    connection.query(this.statement);
    for (const message of this.messages) stream.write(message);
    stream.uncork();
  };

  handleCopyInResponse(): void {
    // What it invites is on the way.
  }
}
