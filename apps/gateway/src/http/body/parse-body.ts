import { isAscii, isUtf8 } from 'node:buffer';
import { exceedsNesting, REQUEST_NESTING_MAX } from '@logbook/contracts';
import { HttpProblem } from '../errors.js';
import type { MediaType } from './content-headers.js';
import { jsonErrorOffset } from './json-error-offset.js';

/** A body as it was sent, and as JSON. `json` is `undefined` for NDJSON, whose lines its route parses one by one. */
export interface RequestBody {
  readonly mediaType: MediaType;
  /** The body's text without a leading BOM: encoded again, it gives the bytes that were sent. */
  readonly text: string;
  /** The bytes of `text`, which are as many as its characters where all of them are ASCII. */
  readonly bytes: Buffer;
  readonly json: unknown;
}

/** Throws invalid-json, or invalid-request for JSON nested more than `nestingMax` levels deep. */
export function parseBody(sent: Buffer, mediaType: MediaType, nestingMax = REQUEST_NESTING_MAX): RequestBody {
  const bytes = withoutBom(sent);
  const text = decodeUtf8(bytes);
  return { mediaType, text, bytes, json: mediaType === 'JSON' ? parseJson(text, 'the body', nestingMax) : undefined };
}

/** Parses `text`; `subject` names it in the message. */
export function parseJson(text: string, subject: string, nestingMax = REQUEST_NESTING_MAX): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalidJson(`${subject} is not JSON: ${whereJsonBreaks(text)}`);
  }
  // It is JSON, so each level took two characters: a short text needs no look at it.
  if (text.length > 2 * nestingMax && exceedsNesting(text, nestingMax)) throw nestedTooDeeply(subject, nestingMax);
  return json;
}

export const nestedTooDeeply = (subject: string, nestingMax = REQUEST_NESTING_MAX): HttpProblem =>
  new HttpProblem({ slug: 'invalid-request', message: `${subject} is nested more than ${nestingMax} levels deep` });

const withoutBom = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** ASCII, which most bodies are, is a few times faster to read as what it is. */
function decodeUtf8(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw invalidJson('the body is not UTF-8');
  return bytes.toString('utf8');
}

/** Says where, and never what: the content may be anything, a secret included. */
function whereJsonBreaks(text: string): string {
  const offset = jsonErrorOffset(text);
  if (text.trim() === '') return 'it is empty';
  if (offset >= text.length) return 'it ends before it is complete';
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return `unexpected character at line ${line}, column ${column}`;
}

const invalidJson = (message: string): HttpProblem => new HttpProblem({ slug: 'invalid-json', message });
