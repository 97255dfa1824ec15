import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOperation,
  ApiParam,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { STATUS_OF_SLUG, type Slug } from '../http/errors.js';
import { NAME_SCHEMA } from '../http/input/fields.js';
import { ProblemAnswer } from './problem-answer.js';

/** What every operation under the API's prefix can answer besides its own errors. */
const ALWAYS: readonly Slug[] = [
  'unauthorized',
  'forbidden',
  'invalid-request',
  'request-timeout',
  'too-many-requests',
  'internal',
  'unavailable',
];
const WITH_BODY: readonly Slug[] = ['invalid-json', 'payload-too-large', 'unsupported-media-type'];

export interface DescribedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly answer: Type<unknown>;
  readonly body?: Type<unknown>;
  /** Media types of the body besides JSON. */
  readonly alsoConsumes?: readonly string[];
  /** Another success, with the same answer. */
  readonly partly?: { readonly status: number; readonly description: string };
  readonly pathNames?: readonly string[];
  /** Besides those that every operation has. */
  readonly problems?: readonly Slug[];
}

/** Everything OpenAPI says about an operation of the API. */
export function Describe(operation: DescribedOperation): MethodDecorator & ClassDecorator {
  const { operationId, summary, description, answer, partly, body, alsoConsumes = [] } = operation;
  const { pathNames = [], problems = [] } = operation;
  const slugs = [...ALWAYS, ...(body === undefined ? [] : WITH_BODY), ...problems];
  return applyDecorators(
    ApiBearerAuth(),
    ApiExtraModels(ProblemAnswer),
    ApiOperation({ operationId, summary, ...(description !== undefined && { description }) }),
    ...pathNames.map((name) =>
      ApiParam({ name, schema: NAME_SCHEMA, description: 'Percent-encoded; `%2F` is a slash of it.' }),
    ),
    ...(body === undefined ? [] : [ApiBody({ type: body })]),
    ...(alsoConsumes.length === 0 ? [] : [ApiConsumes('application/json', ...alsoConsumes)]),
    ApiResponse({ status: 200, type: answer, description: 'Done.' }),
    ...(partly === undefined ? [] : [ApiResponse({ ...partly, type: answer })]),
    ...problemResponses(slugs),
  );
}

function problemResponses(slugs: readonly Slug[]) {
  const slugsByStatus = new Map<number, Slug[]>();
  for (const slug of slugs) {
    const status = STATUS_OF_SLUG[slug];
    slugsByStatus.set(status, [...(slugsByStatus.get(status) ?? []), slug]);
  }
  return [...slugsByStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, ofStatus]) =>
      ApiResponse({
        status,
        description: ofStatus.join(', '),
        content: { 'application/json': { schema: { $ref: getSchemaPath(ProblemAnswer) } } },
      }),
    );
}
