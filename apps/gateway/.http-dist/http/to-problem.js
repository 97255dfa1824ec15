import { HttpException } from '@nestjs/common';
import { HttpProblem } from './errors.js';
/**
 * What an error thrown anywhere means to the client; `undefined` for one that nobody expected,
 * which is ours to log and the client's to know as `internal`.
 */
export function toProblem(error) {
    if (error instanceof HttpProblem)
        return error;
    const status = statusOf(error);
    if (status === undefined || status < 400 || status > 499)
        return undefined;
    const slug = SLUG_OF_STATUS[status] ?? 'invalid-request';
    return { slug, message: FRAMEWORK_MESSAGES[slug] ?? 'the request is not valid' };
}
/** Fastify's errors carry `statusCode`; Nest wraps them, and throws its own, as HttpException. */
function statusOf(error) {
    if (error instanceof HttpException)
        return error.getStatus();
    const status = error instanceof Error ? error.statusCode : undefined;
    return typeof status === 'number' ? status : undefined;
}
const SLUG_OF_STATUS = {
    404: 'not-found',
    405: 'method-not-allowed',
    408: 'request-timeout',
    413: 'payload-too-large',
    415: 'unsupported-media-type',
    431: 'headers-too-large',
};
/** The framework's own texts quote the request; these do not. */
const FRAMEWORK_MESSAGES = {
    'not-found': 'there is nothing at this path',
    'payload-too-large': 'the body is too large',
    'request-timeout': 'the request took too long to arrive',
    'unsupported-media-type': 'the content type is not valid',
};
