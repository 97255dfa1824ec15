import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { unavailable } from '../unavailable.js';
import { isUnderApi } from './authentication.hook.js';
import { refusalOf } from './refusals.js';
import { sendProblem } from './send-problem.js';

/**
 * Serves so many connections at a time. As many again are taken in, so that what comes over them is answered 503 and not
 * lost in a reset; past those one is closed without a word. What stands beside the API is answered over all of them:
 * whoever watches a gateway must see it under load too.
 */
export function installConnectionLimit(fastify: FastifyInstance, connectionsMax: number): void {
  let open = 0;
  const unserved = new WeakSet<Socket>();
  fastify.server.maxConnections = 2 * connectionsMax;
  fastify.server.on('connection', (socket: Socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
    if (open > connectionsMax) unserved.add(socket);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!unserved.has(request.raw.socket) || !isUnderApi(request.raw.url ?? '/')) {
      done();
      return;
    }
    reply.raw.shouldKeepAlive = false;
    sendProblem(reply, refusalOf(unavailable('the gateway serves as many connections as it can')));
  });
}
