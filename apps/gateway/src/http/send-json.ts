import type { FastifyReply } from 'fastify';
import { JSON_TYPE } from './response-headers.js';

/**
 * Answers with JSON. For the routes that take events: what Nest does with a value that a handler returns (it may be a stream, a
 * web response, an observable) costs a third of what such a request costs without the log. Takes the reply by `@Res()`.
 */
export function sendJson(reply: FastifyReply, body: object): void {
  void reply.header('content-type', JSON_TYPE).send(JSON.stringify(body));
}
