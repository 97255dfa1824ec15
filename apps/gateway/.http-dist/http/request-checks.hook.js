import { RESPONSE_HEADERS } from './response-headers.js';
import { sendProblem } from './send-problem.js';
const HOST_MISSING = { slug: 'invalid-request', message: 'an HTTP/1.1 request needs a Host header' };
/** Sets what every answer carries, and refuses what is not HTTP though the parser took it. */
export function installRequestChecks(fastify) {
    fastify.addHook('onRequest', (request, reply, done) => {
        reply.headers(RESPONSE_HEADERS);
        // RFC 9112, section 3.2: a server must refuse it.
        const isHostMissing = request.headers.host === undefined && request.raw.httpVersion === '1.1';
        if (isHostMissing)
            sendProblem(reply, HOST_MISSING);
        else
            done();
    });
}
