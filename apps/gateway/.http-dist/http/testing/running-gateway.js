import { createGatewayApp } from '../gateway-app.js';
import { InMemoryKeyRing, InMemoryUseCases } from './in-memory-use-cases.js';
/** 8 MiB, the limit of the wire contract. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** The shell listening on a free port of this machine, over in-memory use cases. */
export class RunningGateway {
    app;
    useCases;
    keyRing;
    port;
    constructor(app, useCases, keyRing, port) {
        this.app = app;
        this.useCases = useCases;
        this.keyRing = keyRing;
        this.port = port;
    }
    static async start(options = {}) {
        const useCases = new InMemoryUseCases();
        const keyRing = new InMemoryKeyRing();
        const app = await createGatewayApp({ useCases, keyRing, bodyBytesMax: BODY_BYTES_MAX, logger: false, ...options });
        await app.listen({ port: 0, host: '127.0.0.1' });
        const { port } = app.getHttpServer().address();
        return new RunningGateway(app, useCases, keyRing, port);
    }
    async close() {
        await this.app.close();
    }
}
