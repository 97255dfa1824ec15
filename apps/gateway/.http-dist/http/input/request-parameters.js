import { createParamDecorator } from '@nestjs/common';
import { idempotencyKeyProblem, identifierProblem } from '@logbook/contracts';
import { HttpProblem } from '../errors.js';
const requestOf = (context) => context.switchToHttp().getRequest();
/** The tenant of the request's key. */
export const CallerTenant = createParamDecorator((_data, context) => {
    const { caller, routeOptions } = requestOf(context);
    if (caller === null)
        throw new Error(`${routeOptions.url} asks for a tenant but needs no key`);
    return caller.tenant;
});
/** The body, read and parsed. */
export const Body = createParamDecorator((_data, context) => requestOf(context).body);
/** A name out of the path, percent-decoded; `%2F` is a slash of the name. */
export const PathName = createParamDecorator((parameter, context) => {
    const value = requestOf(context).params[parameter];
    const message = identifierProblem(value);
    if (message === undefined)
        return value;
    throw invalid(parameter, message);
});
export const IdempotencyKey = createParamDecorator((_data, context) => {
    const header = requestOf(context).headers['idempotency-key'];
    if (header === undefined)
        return null;
    const key = String(header);
    const message = idempotencyKeyProblem(key);
    if (message === undefined)
        return key;
    throw invalid('Idempotency-Key', message);
});
// W3C Trace Context, level 1, section 3.2: version 00, and neither id all zeros.
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** The trace this request is part of; one that does not have its form is no trace. */
export const Traceparent = createParamDecorator((_data, context) => {
    const header = requestOf(context).headers['traceparent'];
    return typeof header === 'string' && TRACEPARENT.test(header) ? header : undefined;
});
const invalid = (path, message) => new HttpProblem({ slug: 'invalid-request', message: `${path} ${message}`, errors: [{ path, message }] });
