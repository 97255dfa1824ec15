import { sendProblem } from './send-problem.js';
export const API_PREFIX = '/api/v1';
/** Looks at the key of every request under the API's prefix, whether or not its path and method exist. */
export function installAuthentication(fastify, keyRing) {
    fastify.decorateRequest('caller', null);
    fastify.addHook('onRequest', (request, reply, done) => {
        const problem = needsKey(request) ? authenticate(request, keyRing) : undefined;
        if (problem === undefined)
            done();
        else
            sendProblem(reply, problem);
    });
}
/** Sets `request.caller`, or says why not. */
export function authenticate(request, keyRing) {
    const key = bearerKey(request.headers.authorization);
    if (key === undefined)
        return unauthorized('an API key is needed: Authorization: Bearer <key>');
    const verdict = keyRing.authenticate(key);
    switch (verdict.state) {
        case 'VALID':
            request.caller = { tenant: verdict.tenant, apiKeyId: verdict.apiKeyId };
            return undefined;
        case 'UNKNOWN':
            return unauthorized('the API key is not known, or was revoked');
        case 'TENANT_DISABLED':
            return { slug: 'forbidden', message: 'the tenant of this API key is disabled' };
    }
}
const unauthorized = (message) => ({
    slug: 'unauthorized',
    message,
    headers: { 'www-authenticate': 'Bearer' },
});
function bearerKey(header) {
    return header === undefined ? undefined : /^bearer +(\S+)$/i.exec(header)?.[1];
}
/** A route says itself what it is, however its path was spelled; where there is none, the spelling decides. */
function needsKey(request) {
    const route = request.is404 ? undefined : request.routeOptions.url;
    return route === undefined ? isUnderApi(request.raw.url ?? '/') : isUnderApi(route);
}
/** Whether a path, as sent, lies under the API's prefix: `//` folded, escapes decoded as far as they can be. */
export function isUnderApi(url) {
    const path = decodeEscapes(url.split(/[?#]/, 1)[0].replace(/^https?:\/\/[^/]*/i, '')).replace(/\/{2,}/g, '/');
    return path === API_PREFIX || path.startsWith(`${API_PREFIX}/`);
}
const decodeEscapes = (path) => path.replace(/%[2-7][0-9a-f]/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
