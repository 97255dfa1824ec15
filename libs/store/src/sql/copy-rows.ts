import type { Table } from '@logbook/projections';
import type { Connection, PoolClient, Submittable } from 'pg';
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
 * A COPY as `pg` runs what is no query of its own. All of it is sent at once: a server that refuses the statement or a row
 * drops the data that come behind it, as the protocol has it. Source: PostgreSQL manual, "COPY Operations".
 */
class CopyIn implements Submittable {
  constructor(
    private readonly text: string,
    private readonly messages: readonly Buffer[],
    /** Under this name `pg` finds it, and puts its time-out around it. */
    readonly callback: (error?: Error) => void,
  ) {}

  submit(connection: Connection): void {
    const { stream } = connection;
    stream.cork();
    connection.query(this.text);
    for (const message of this.messages) stream.write(message);
    stream.uncork();
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback();
  }

  handleCopyInResponse(): void {
    // What it invites is on the way.
  }

  handleCommandComplete(): void {
    // The server is ready for more only after this.
  }
}
