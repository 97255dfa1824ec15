import { sendProblem } from './send-problem.js';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Answers for paths that do not exist (404) and for methods that their path does not have (405, with Allow). */
export function installRouting(fastify) {
    fastify.addHook('onRequest', (request, reply, done) => {
        if (request.is404)
            sendProblem(reply, unrouted(fastify, request));
        else
            done();
    });
}
export const BAD_URL = { slug: 'invalid-request', message: 'the path is not valid percent-encoded UTF-8' };
export const NOT_FOUND = { slug: 'not-found', message: 'there is nothing at this path' };
function unrouted(fastify, request) {
    const url = request.raw.url ?? '/';
    if (!isDecodable(url))
        return BAD_URL;
    const allowed = METHODS.filter((method) => fastify.findRoute({ method, url }) !== null);
    if (allowed.length === 0)
        return NOT_FOUND;
    return {
        slug: 'method-not-allowed',
        message: `this path has ${allowed.join(', ')}, not ${request.method}`,
        headers: { allow: allowed.join(', ') },
    };
}
/** The router answers every method alike for a path it cannot decode, so it cannot be asked about one. */
function isDecodable(url) {
    try {
        decodeURIComponent(url.split('?', 1)[0]);
        return true;
    }
    catch {
        return false;
    }
}
