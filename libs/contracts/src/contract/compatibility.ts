import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../json-schema.js';
import type { Contract, MessageContract } from './contract.js';

/**
 * `REMOVED`: a type, header or field is gone, or has another name. `TYPE_CHANGED`: it takes other values than before.
 * `VALUE_REMOVED`: one of an enumeration is gone. `NOW_REQUIRED`, `NO_LONGER_REQUIRED`: it was optional, or was not.
 */
export interface Break {
  readonly kind:
    | 'REMOVED'
    | 'TOPIC_CHANGED'
    | 'KEY_CHANGED'
    | 'TYPE_CHANGED'
    | 'VALUE_REMOVED'
    | 'NOW_REQUIRED'
    | 'NO_LONGER_REQUIRED';
  /** `com.logbook.agent.register.v1 value.agent_name` */
  readonly where: string;
}

/**
 * How `current` breaks what `released` promised. One name of a type stands for what lies in logs for ever and for what is
 * written next, so both directions count: a narrower type refuses the old messages, a wider one the old readers. What may be
 * added are types, optional headers and fields, and values of an enumeration; a reader passes over what it does not know.
 */
export function breaks(released: Contract, current: Contract): Break[] {
  return Object.entries(released).flatMap(([type, before]) => {
    const after = Object.hasOwn(current, type) ? current[type] : undefined;
    return after === undefined ? [{ kind: 'REMOVED' as const, where: type }] : messageBreaks(type, before, after);
  });
}

function messageBreaks(type: string, before: MessageContract, after: MessageContract): Break[] {
  const found: Break[] = [];
  if (before.topic !== after.topic) found.push({ kind: 'TOPIC_CHANGED', where: `${type} topic` });
  if (!isDeepStrictEqual(before.key, after.key)) found.push({ kind: 'KEY_CHANGED', where: `${type} key` });
  found.push(...schemaBreaks(`${type} headers`, before.headers, after.headers));
  if (before.value !== null && after.value !== null) {
    found.push(...schemaBreaks(`${type} value`, before.value, after.value));
  } else if (before.value !== after.value) found.push({ kind: 'TYPE_CHANGED', where: `${type} value` });
  return found;
}

function schemaBreaks(where: string, before: JsonSchema, after: JsonSchema): Break[] {
  const found: Break[] = [];
  if (!isDeepStrictEqual(constraints(before), constraints(after))) found.push({ kind: 'TYPE_CHANGED', where });
  if (before.enum?.some((value) => after.enum?.includes(value) !== true)) found.push({ kind: 'VALUE_REMOVED', where });
  for (const [name, property] of Object.entries(before.properties ?? {})) {
    const at = `${where}.${name}`;
    const now = after.properties?.[name];
    found.push(...(now === undefined ? [{ kind: 'REMOVED' as const, where: at }] : schemaBreaks(at, property, now)));
  }
  return [...found, ...requirementBreaks(where, before, after)];
}

function requirementBreaks(where: string, before: JsonSchema, after: JsonSchema): Break[] {
  const [was, is] = [before.required ?? [], after.required ?? []];
  const now = is.filter((name) => !was.includes(name));
  const noLonger = was.filter((name) => !is.includes(name) && after.properties?.[name] !== undefined);
  return [
    ...now.map((name) => ({ kind: 'NOW_REQUIRED' as const, where: `${where}.${name}` })),
    ...noLonger.map((name) => ({ kind: 'NO_LONGER_REQUIRED' as const, where: `${where}.${name}` })),
  ];
}

/** What has rules of its own above, and what only explains. */
const NO_CONSTRAINTS: ReadonlySet<string> = new Set([
  '$schema',
  'title',
  'description',
  'properties',
  'required',
  'enum',
]);

/** What decides which values are taken. */
function constraints(schema: JsonSchema): object {
  const deciding = Object.entries(schema).filter(([keyword]) => !NO_CONSTRAINTS.has(keyword));
  return { ...Object.fromEntries(deciding), isEnumeration: schema.enum !== undefined };
}
