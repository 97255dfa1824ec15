/**
 * The closed list of slugs an error answer can carry, each with its status. Source: the wire contract.
 * Every one is documented in `docs/http-errors.md`; a test compares the two.
 */
export const STATUS_OF_SLUG = {
    'invalid-request': 400,
    'invalid-json': 400,
    unauthorized: 401,
    forbidden: 403,
    'not-found': 404,
    'fingerprint-not-found': 404,
    'person-not-found': 404,
    'agent-not-found': 404,
    'agent-version-not-found': 404,
    'method-not-allowed': 405,
    'request-timeout': 408,
    'payload-too-large': 413,
    'unsupported-media-type': 415,
    'session-id-empty': 422,
    'too-many-requests': 429,
    'headers-too-large': 431,
    internal: 500,
    unavailable: 503,
};
export const SLUGS = Object.keys(STATUS_OF_SLUG);
/** Thrown anywhere between the socket and a controller's return; becomes the answer it describes. */
export class HttpProblem extends Error {
    slug;
    errors;
    headers;
    constructor({ slug, message, errors, headers }, options) {
        super(message, options);
        this.name = new.target.name;
        this.slug = slug;
        if (errors !== undefined)
            this.errors = errors;
        if (headers !== undefined)
            this.headers = headers;
    }
}
/** The client went away before its request was complete: nobody is left to answer. */
export class ClientGoneError extends Error {
    name = 'ClientGoneError';
}
/** The slug stands twice: published clients read one or the other. */
export function problemBody({ slug, message, errors }) {
    return JSON.stringify({ type: slug, detail: { type: slug, message, ...(errors !== undefined && { errors }) } });
}
export const statusOf = (problem) => STATUS_OF_SLUG[problem.slug];
