import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';

export interface EncodedBody {
  readonly bytes: Buffer;
  /** Absent: no such header. */
  readonly encoding?: string;
}

const NESTING_LEVELS = 10_000;
/** JSON values that are no JSON, or that few expect. */
const STRANGE_VALUES = [
  'NaN',
  'Infinity',
  '1e400',
  '-1e400',
  '01',
  '.5',
  '1'.repeat(400),
  '"\\ud800"',
  '"\\u0000"',
  "'single'",
  'undefined',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":1,"a":2}',
  `${'['.repeat(NESTING_LEVELS)}${']'.repeat(NESTING_LEVELS)}`,
  '['.repeat(NESTING_LEVELS),
  '{"a":'.repeat(NESTING_LEVELS),
];
const STRANGE_MEMBERS = ['"__proto__":{"polluted":true}', '"properties":null', '"agent":"second"', '"\\u0061gent":1'];

/** JSON text of `values`, and what becomes of such text in clumsy or ill-meaning hands. */
export function jsonBodies(values: Arbitrary<unknown>): Arbitrary<Buffer> {
  const texts = values.map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 6, arbitrary: texts.map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: fc.tuple(texts, fc.constantFrom(...STRANGE_VALUES), fc.nat()).map(replaceValue) },
    { weight: 2, arbitrary: fc.tuple(texts, fc.constantFrom(...STRANGE_MEMBERS)).map(addMember) },
    {
      weight: 1,
      arbitrary: fc.tuple(texts, fc.nat()).map(([text, at]) => Buffer.from(text.slice(0, at % (text.length + 1)))),
    },
    { weight: 1, arbitrary: fc.tuple(texts, fc.nat(), fc.nat(255)).map(replaceByte) },
    { weight: 1, arbitrary: texts.map((text) => Buffer.from(`\ufeff${text}`)) },
    { weight: 1, arbitrary: texts.map((text) => Buffer.from(text, 'utf16le')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGE_VALUES).map((text) => Buffer.from(text)) },
  );
}

/** In the place of one of the values in the text. */
function replaceValue([text, value, at]: [string, string, number]): Buffer {
  const starts = [...text.matchAll(/(?<=[:[,])(?:"[^"\\]*"|\d+|null|true|false)/g)];
  const match = starts[at % Math.max(1, starts.length)];
  if (match === undefined) return Buffer.from(value);
  return Buffer.from(text.slice(0, match.index) + value + text.slice(match.index + match[0].length));
}

const addMember = ([text, member]: [string, string]): Buffer => Buffer.from(text.replace(/^\{/, `{${member},`));

function replaceByte([text, at, byte]: [string, number, number]): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 0) bytes.writeUInt8(byte, at % bytes.length);
  return bytes;
}

const COMPRESS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
const ENCODINGS = Object.keys(COMPRESS) as (keyof typeof COMPRESS)[];

/** As it is, well compressed, cut short after compressing, or labelled as what it is not. */
export function encoded(bodies: Arbitrary<Buffer>): Arbitrary<EncodedBody> {
  const compressed = fc
    .tuple(bodies, fc.constantFrom(...ENCODINGS))
    .map(([bytes, encoding]) => ({ bytes: COMPRESS[encoding](bytes), encoding }));
  return fc.oneof(
    { weight: 8, arbitrary: bodies.map((bytes) => ({ bytes })) },
    { weight: 2, arbitrary: compressed },
    {
      weight: 1,
      arbitrary: fc
        .tuple(compressed, fc.nat())
        .map(([body, at]) => ({ ...body, bytes: body.bytes.subarray(0, at % body.bytes.length) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(bodies, fc.constantFrom(...ENCODINGS, 'identity', 'zstd', 'gzip, br', '', '\u00e9'))
        .map(([bytes, encoding]) => ({ bytes, encoding })),
    },
  );
}
