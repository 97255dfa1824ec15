import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiExtraModels, ApiOperation, ApiParam, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { STATUS_OF_SLUG } from '../http/errors.js';
import { NAME_SCHEMA } from '../http/input/fields.js';
import { ProblemAnswer } from './problem-answer.js';
/** What every operation under the API's prefix can answer besides its own errors. */
const ALWAYS = ['unauthorized', 'forbidden', 'invalid-request', 'request-timeout', 'internal', 'unavailable'];
const WITH_BODY = ['invalid-json', 'payload-too-large', 'unsupported-media-type'];
/** Everything OpenAPI says about an operation of the API. */
export function Describe(operation) {
    const { operationId, summary, description, answer, body, pathNames = [], problems = [] } = operation;
    const slugs = [...ALWAYS, ...(body === undefined ? [] : WITH_BODY), ...problems];
    return applyDecorators(ApiBearerAuth(), ApiExtraModels(ProblemAnswer), ApiOperation({ operationId, summary, ...(description !== undefined && { description }) }), ...pathNames.map((name) => ApiParam({ name, schema: NAME_SCHEMA, description: 'Percent-encoded; `%2F` is a slash of it.' })), ...(body === undefined ? [] : [ApiBody({ type: body })]), ApiResponse({ status: 200, type: answer, description: 'Done.' }), ...problemResponses(slugs));
}
function problemResponses(slugs) {
    const slugsByStatus = new Map();
    for (const slug of slugs) {
        const status = STATUS_OF_SLUG[slug];
        slugsByStatus.set(status, [...(slugsByStatus.get(status) ?? []), slug]);
    }
    return [...slugsByStatus].sort(([a], [b]) => a - b).map(([status, ofStatus]) => ApiResponse({
        status,
        description: ofStatus.join(', '),
        content: { 'application/json': { schema: { $ref: getSchemaPath(ProblemAnswer) } } },
    }));
}
