import { Connection, type WireRequest } from '../cost/connection.js';

/** Sends one request at a time over a connection that it opens, and opens again after a refusal. */
export class HttpSender {
  private connection: Promise<Connection> | undefined;

  constructor(
    private readonly port: number,
    private readonly next: () => WireRequest,
  ) {}

  readonly send = async (): Promise<string> => {
    this.connection ??= Connection.open(this.port);
    try {
      return await (await this.connection).send(this.next());
    } catch (error) {
      await this.close();
      throw error;
    }
  };

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    (await connection?.catch(() => undefined))?.close();
  }
}
