import fc, { type Arbitrary } from 'fast-check';
import { encoded, jsonBodies } from './bodies.js';
import { names, valuesOf, type Schema, type Schemas } from './schema-values.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
/** The part of an OpenAPI document that requests are made from. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas };
}

/** The bytes that go over the wire. */
export interface WireRequest {
  /** The answer to HEAD has no body. */
  readonly method: string;
  readonly bytes: Buffer;
  /** Whether the sender closes its side behind them, because they may be a part of a request. */
  readonly ends: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/cloudevents+json',
  'application/x-ndjson',
  'text/plain',
  'application/json; charset=latin1',
  ';',
  '\u00e9',
];
const EXTRA_HEADERS = [
  'Idempotency-Key: same',
  'Idempotency-Key: not a key',
  `Idempotency-Key: ${'k'.repeat(256)}`,
  'Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'Traceparent: 00-zz',
  'Expect: 100-continue',
  'Expect: nothing',
  'Upgrade: websocket',
  'Connection: Upgrade, close',
  'X-Forwarded-For: 127.0.0.1, <script>',
  'X-HTTP-Method-Override: DELETE',
  'Cookie: a=b',
  'Range: bytes=0-1',
  'If-None-Match: *',
  'Accept: text/html',
  `X-Long: ${'x'.repeat(20_000)}`,
];

/** Requests to the operations of a document that are right, nearly right, and far from it, but HTTP all of them. */
export function requestsTo(document: Document, apiKey: string): Arbitrary<WireRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return fc.oneof(
    ...operations.map(({ path, method, operation }) =>
      fc
        .record({
          method: mostly(fc.constant(method), fc.constantFrom(...METHODS)),
          path: pathsOf(path),
          authorization: mostly(
            fc.constant(`Bearer ${apiKey}`),
            fc.constantFrom('Bearer nobody', 'Basic YTpi', 'Bearer', `bearer  ${apiKey}`, `Bearer ${apiKey} ${apiKey}`),
          ),
          body: encoded(bodiesOf(operation, document.components.schemas)),
          contentType: mostly(fc.constant(CONTENT_TYPES[0]), fc.constantFrom(...CONTENT_TYPES, undefined)),
          chunked: fc.boolean(),
          extra: fc.subarray(EXTRA_HEADERS, { maxLength: 2 }),
        })
        .map(wireRequest),
    ),
  );
}

const RARELY = 12;
const mostly = <T>(usual: Arbitrary<T>, other: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: RARELY, arbitrary: usual }, { weight: 1, arbitrary: other });

/** The pattern with names in the place of its parameters, escaped well as a rule, and now and then a path of its own. */
function pathsOf(pattern: string): Arbitrary<string> {
  const parts = pattern.split(/\{[^}]+\}/);
  const escaped = names().map((name) => encodeURIComponent(name.toWellFormed()));
  const badlyEscaped = fc.constantFrom('%', '%zz', '%ff', '..', '.', '%00', ';', '%2e%2e%2f', '\u00e9', 'a?b=c', '');
  const paths = fc
    .array(mostly(escaped, badlyEscaped), { minLength: parts.length - 1, maxLength: parts.length - 1 })
    .map((values) => parts.map((part, index) => part + (values[index] ?? '')).join(''));
  const others = fc.constantFrom(`${pattern}/`, `/${pattern}`, `${pattern}?x=%zz&x=1`, '*', '//', `http://x${pattern}`);
  return mostly(paths, others);
}

/** Bodies of every media type, lists of lines where the operation takes lines. */
function bodiesOf({ requestBody }: Operation, schemas: Schemas): Arbitrary<Buffer> {
  if (requestBody === undefined) return mostly(fc.constant(Buffer.alloc(0)), fc.constant(Buffer.from('{}')));
  return fc.oneof(
    ...Object.entries(requestBody.content).map(([type, { schema }]) => {
      const bodies = jsonBodies(valuesOf(schema, schemas));
      return type === 'application/x-ndjson' ? fc.array(bodies, { maxLength: 4 }).map(joinLines) : bodies;
    }),
  );
}

const joinLines = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));

interface RequestParts {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: { readonly bytes: Buffer; readonly encoding?: string };
  readonly contentType: string | undefined;
  readonly chunked: boolean;
  readonly extra: readonly string[];
}

function wireRequest(parts: RequestParts): WireRequest {
  const { bytes, encoding } = parts.body;
  const lines = [
    `${parts.method} ${parts.path} HTTP/1.1`,
    'Host: logbook',
    'Connection: close',
    `Authorization: ${parts.authorization}`,
    ...(parts.contentType === undefined ? [] : [`Content-Type: ${parts.contentType}`]),
    ...(encoding === undefined ? [] : [`Content-Encoding: ${encoding}`]),
    ...parts.extra,
    parts.chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`,
    '',
    '',
  ];
  return {
    method: parts.method,
    ends: false,
    bytes: Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), ...(parts.chunked ? chunksOf(bytes) : [bytes])]),
  };
}

const chunksOf = (bytes: Buffer): Buffer[] => [
  ...(bytes.length === 0 ? [] : [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]),
  Buffer.from('0\r\n\r\n'),
];
