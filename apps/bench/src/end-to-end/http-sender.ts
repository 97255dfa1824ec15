import { Connection, type WireRequest } from '../cost/connection.js';

/** Sends one request at a time over a connection that it opens, and opens again after a refusal or too long a pause. */
export class HttpSender {
  private connection: Promise<Connection> | undefined;

  constructor(
    private readonly port: number,
    private readonly next: () => WireRequest,
  ) {}

  readonly send = async (): Promise<string> => {
    try {
      return await (await this.opened()).send(this.next());
    } catch (error) {
      await this.close();
      throw error;
    }
  };

  private async opened(): Promise<Connection> {
    const current = await this.connection;
    if (current !== undefined && !current.isClosed) return current;
    return (this.connection = Connection.open(this.port));
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    (await connection?.catch(() => undefined))?.close();
  }
}
