import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The network between a process and its database, in the hands of a test. */
export class NetworkLink {
  /** What clients sent while the link was held, in order, each with where it goes. */
  private held: { readonly chunk: Buffer; readonly to: Socket }[] | undefined;
  private isCut = false;
  private refusals = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** A link to the server of this URL. */
  static async to(url: string): Promise<NetworkLink> {
    const server = createServer();
    const link = new NetworkLink(server, new URL(url));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return link;
  }

  /** The URL of the server by way of this link. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as { port: number }).port}`;
    return url.href;
  }

  /** From now on nothing that clients send arrives; it is kept. */
  hold(): void {
    this.held ??= [];
  }

  /** What clients have sent since the link is held. */
  heldText(): string {
    return Buffer.concat((this.held ?? []).map(({ chunk }) => chunk)).toString('latin1');
  }

  /** What was held arrives, late. */
  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const { chunk, to } of held) to.write(chunk);
  }

  /** Breaks every connection and takes no other. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** How many connections were refused while the link was cut. */
  get refused(): number {
    return this.refusals;
  }

  restore(): void {
    this.isCut = false;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    if (this.isCut) {
      this.refusals += 1;
      client.destroy();
      return;
    }
    const server = connect({ host: this.target.hostname, port: Number(this.target.port) });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      // How one side ended is how the other side ends; why is of no interest to a link.
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (this.held === undefined) server.write(chunk);
      else this.held.push({ chunk, to: server });
    });
    server.on('data', (chunk) => client.write(chunk));
  }
}
