import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { serveOpenApi } from '../openapi/document.js';
import { installAuthentication } from './authentication.hook.js';
import { installBodyHook } from './body/body.hook.js';
import { deferContinue } from './body/expect-continue.js';
import { GatewayHttpModule } from './gateway-http.module.js';
import { ProblemFilter } from './problem.filter.js';
import { refuseConnect } from './raw-answers.js';
import { installRequestChecks } from './request-checks.hook.js';
import { installRouting } from './routing.hook.js';
import { DEFAULT_TIMEOUTS, serverOptions } from './server-options.js';
/** The HTTP server of the gateway, ready to `listen`. */
export async function createGatewayApp(options) {
    const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    const adapter = new FastifyAdapter(serverOptions({ keyRing: options.keyRing, timeouts }));
    // The adapter types its instance by its own generics; hooks need only Fastify's defaults.
    const fastify = adapter.getInstance();
    installHooks(fastify, options);
    refuseConnect(fastify.server);
    deferContinue(fastify.server);
    const app = await NestFactory.create(GatewayHttpModule.forRoot(options), adapter, {
        bodyParser: false,
        abortOnError: false,
        ...(options.logger !== undefined && { logger: options.logger }),
    });
    app.useGlobalFilters(new ProblemFilter());
    if (options.corsOrigins !== undefined && options.corsOrigins.length > 0)
        enableCors(app, options.corsOrigins);
    serveOpenApi(app);
    return app;
}
/** In the order of the contract: key, route; then, before the handler, encoding and type, size, JSON. */
function installHooks(fastify, options) {
    const { keyRing, bodyBytesMax, onAnswered } = options;
    installRequestChecks(fastify);
    installAuthentication(fastify, keyRing);
    installRouting(fastify);
    installBodyHook(fastify, { bytesMax: bodyBytesMax });
    if (onAnswered === undefined)
        return;
    fastify.addHook('onResponse', (request, reply, done) => {
        onAnswered({
            method: request.method,
            route: request.is404 ? null : (request.routeOptions.url ?? null),
            status: reply.raw.statusCode,
            durationMs: reply.elapsedTime,
        });
        done();
    });
}
function enableCors(app, origins) {
    app.enableCors({
        origin: [...origins],
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH'],
        allowedHeaders: ['Authorization', 'Content-Type', 'Content-Encoding', 'Idempotency-Key', 'Traceparent'],
        exposedHeaders: ['Retry-After', 'Allow'],
        maxAge: 600,
        strictPreflight: false,
    });
}
