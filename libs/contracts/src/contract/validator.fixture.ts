import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '../json-schema.js';
import type { EncodedChange } from '../message.js';
import { shortName } from './asyncapi.js';

export const DOCS = fileURLToPath(new URL('../../../../docs/', import.meta.url));
export const RELEASED = fileURLToPath(new URL('../../released/', import.meta.url));

export const parsedFile = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** Everything is checked, formats included; a schema with a keyword that means nothing is refused. */
export function validatorOf(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

/** The schemas that stand in `docs/`, by the name of a type: what somebody without this library has. */
export function documentedSchemas() {
  const files = readdirSync(`${DOCS}schemas`);
  const all = new Map(
    files.map((file) => [file, validatorOf(parsedFile(`${DOCS}schemas/${file}`) as JsonSchema)] as const),
  );
  const of = (type: string, part: string): ValidateFunction => {
    const found = all.get(`${shortName(type)}.${part}.json`);
    if (found === undefined) throw new Error(`docs/schemas has no ${part} of ${type}`);
    return found;
  };
  return {
    /** Whether a message is as documented; the first fault, or `undefined`. */
    fault: (type: string, { headers, value }: Pick<EncodedChange, 'headers' | 'value'>): string | undefined =>
      faultOf(of(type, 'headers'), headers) ??
      // A deletion has none.
      (value === null ? undefined : faultOf(of(type, 'value'), JSON.parse(value.toString('utf8')))),
  };
}

export function faultOf(validate: ValidateFunction, value: unknown): string | undefined {
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return `${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim();
}

export const without = <T>(members: Readonly<Record<string, T>>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(members).filter(([one]) => one !== name));
