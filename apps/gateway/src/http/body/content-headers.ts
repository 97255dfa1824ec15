import type { IncomingHttpHeaders } from 'node:http';
import { HttpProblem } from '../errors.js';
import type { ContentEncoding } from './read-body.js';

export type MediaType = 'JSON' | 'NDJSON';

const JSON_MEDIA_TYPE = /^application\/(?:json|[\w!#$%&'*.^`|~+-]+\+json)$/;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

/** What the body claims to be; without a content type, JSON. Throws unsupported-media-type for anything else. */
export function mediaTypeOf(headers: IncomingHttpHeaders): MediaType {
  const header = headers['content-type'];
  if (header === undefined || header === 'application/json') return 'JSON';
  const semicolon = header.indexOf(';');
  const mediaType = (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  const charset = CHARSET.exec(header)?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw unsupported('the charset must be utf-8');
  if (JSON_MEDIA_TYPE.test(mediaType)) return 'JSON';
  if (mediaType === 'application/x-ndjson') return 'NDJSON';
  throw unsupported('the content type must be application/json, application/*+json, or absent');
}

const ENCODINGS: ReadonlyMap<string, ContentEncoding> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/** How the body is compressed. Throws unsupported-media-type for several encodings at once, or an unknown one. */
export function contentEncodingOf(headers: IncomingHttpHeaders): ContentEncoding {
  const header = headers['content-encoding'];
  if (header === undefined) return 'identity';
  const name = header.trim().toLowerCase();
  const encoding = ENCODINGS.get(name);
  if (encoding !== undefined) return encoding;
  throw unsupported('the content encoding must be gzip, deflate, br or identity, and one alone', {
    'accept-encoding': 'gzip, deflate, br, identity',
  });
}

export const unsupported = (message: string, headers?: Record<string, string>): HttpProblem =>
  new HttpProblem({ slug: 'unsupported-media-type', message, ...(headers !== undefined && { headers }) });
