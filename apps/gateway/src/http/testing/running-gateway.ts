import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createGatewayApp, type GatewayAppOptions } from '../gateway-app.js';
import { InMemoryKeyRing, InMemoryUseCases } from './in-memory-use-cases.js';

/** 8 MiB, the limit of the wire contract. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** The shell listening on a free port of this machine, over in-memory use cases. */
export class RunningGateway {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly useCases: InMemoryUseCases,
    readonly keyRing: InMemoryKeyRing,
    readonly port: number,
  ) {}

  static async start(options: Partial<GatewayAppOptions> = {}): Promise<RunningGateway> {
    const useCases = new InMemoryUseCases();
    const keyRing = new InMemoryKeyRing();
    const app = await createGatewayApp({ useCases, keyRing, bodyBytesMax: BODY_BYTES_MAX, logger: false, ...options });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new RunningGateway(app, useCases, keyRing, port);
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
