import { readdirSync, readFileSync } from 'node:fs';
import type { EncodedChange, LlmRecorded, LogbookMessage, RawMessage } from './message.js';

/** A message and its exact encoded form, as `golden/messages/<name>.json` holds them. */
export interface Golden {
  readonly name: string;
  readonly message: LogbookMessage;
  readonly encoded: EncodedChange;
  /** `encodedSha256` of it, in hexadecimal digits. */
  readonly sha256: string;
}

/** A golden file: bytes are base64. */
interface GoldenFile {
  readonly message: LogbookMessage | (Omit<LlmRecorded, 'body'> & { readonly body: string });
  readonly encoded: Omit<EncodedChange, 'value'> & { readonly value: string | null };
  readonly sha256: string;
}

const DIRECTORY = new URL('../golden/messages/', import.meta.url);

/** Every golden file, by name. */
export function goldens(): Golden[] {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const { message, encoded, sha256 } = JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8')) as GoldenFile;
    return {
      name: file.slice(0, -'.json'.length),
      message: 'body' in message ? { ...message, body: Buffer.from(message.body as string, 'base64') } : message,
      encoded: { ...encoded, value: encoded.value === null ? null : Buffer.from(encoded.value, 'base64') },
      sha256,
    };
  });
}

export function golden(name: string): Golden {
  const found = goldens().find((one) => one.name === name);
  if (found === undefined) throw new Error(`golden/messages/${name}.json is missing`);
  return found;
}

/** An encoded message as a driver delivers it. */
export const asRaw = ({ key, headers, value }: EncodedChange): RawMessage => ({
  key: Buffer.from(key),
  headers,
  value,
});
