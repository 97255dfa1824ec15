import { ClientGoneError, HttpProblem } from '../errors.js';
import { contentEncodingOf, mediaTypeOf, unsupported } from './content-headers.js';
import { parseBody } from './parse-body.js';
import { readBody } from './read-body.js';
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);
/**
 * Reads and parses bodies instead of Fastify's parsers, in the order of the contract: encoding and type,
 * size, JSON. By the time this runs the key is known and the route exists.
 */
export function installBodyHook(fastify, { bytesMax }) {
    fastify.removeAllContentTypeParsers();
    // Fastify insists on a parser for each type; this one leaves the stream to the hook below.
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
    fastify.addHook('preHandler', async (request) => {
        if (METHODS_WITH_BODY.has(request.method) && !request.is404)
            request.body = await bodyOf(request, bytesMax);
    });
}
async function bodyOf(request, defaultBytesMax) {
    const rules = request.routeOptions.config.body;
    const bytesMax = rules?.bytesMax ?? defaultBytesMax;
    const encoding = contentEncodingOf(request.headers);
    const mediaType = mediaTypeOf(request.headers);
    if (mediaType === 'NDJSON' && rules?.ndjson !== true)
        throw unsupported('this path does not take NDJSON');
    const read = await readBody(request.raw, { encoding, bytesMax });
    switch (read.outcome) {
        case 'READ':
            return parseBody(read.bytes, mediaType);
        case 'TOO_LARGE':
            throw new HttpProblem({ slug: 'payload-too-large', message: `the body is larger than ${bytesMax} bytes` });
        case 'NOT_DECODABLE':
            throw new HttpProblem({
                slug: 'invalid-request',
                message: `the body is not complete ${encoding} data, though its content encoding says so`,
            });
        case 'ABORTED':
            throw new ClientGoneError();
    }
}
