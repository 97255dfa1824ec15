import { isDeepStrictEqual } from 'node:util';
import type { SmokeAnswer } from './server.js';

/** Said when an answer is not the documented one: what was expected, and what came. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}

/** Stands for any value of a kind in an expected body. */
export type Kind = 'a UUID' | 'a time' | 'a count';
export const A_UUID: Kind = 'a UUID';
export const A_TIME: Kind = 'a time';
export const A_COUNT: Kind = 'a count';

const IS_KIND: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  'a UUID': (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  'a time': (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value),
  'a count': (value) => Number.isSafeInteger(value) && (value as number) >= 1,
};
const QUOTED_CHARACTERS = 500;

/** Checks status and body, key by key, and gives the body. Every key must be there and no other. */
export function expectBody(
  answer: SmokeAnswer,
  expected: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const body = parsed(answer);
  const sameKeys = body !== undefined && isDeepStrictEqual(Object.keys(body).sort(), Object.keys(expected).sort());
  const same = sameKeys && Object.entries(expected).every(([name, value]) => fits(body[name], value));
  if (answer.status !== 200 || !same) throw unexpected(`200 ${JSON.stringify(expected)}`, answer);
  return body;
}

/** Checks that an error carries its slug twice. */
export function expectProblem(answer: SmokeAnswer, status: number, slug: string): void {
  const body = parsed(answer) as { type?: unknown; detail?: { type?: unknown } } | undefined;
  if (answer.status !== status || body?.type !== slug || body.detail?.type !== slug)
    throw unexpected(`${status} ${slug}`, answer);
}

export function unexpected(expected: string, { status, text }: SmokeAnswer): UnexpectedAnswerError {
  return new UnexpectedAnswerError(`expected ${expected}, got ${status} ${text.slice(0, QUOTED_CHARACTERS)}`);
}

const fits = (value: unknown, expected: unknown): boolean =>
  Object.hasOwn(IS_KIND, String(expected)) ? IS_KIND[expected as Kind](value) : isDeepStrictEqual(value, expected);

function parsed({ text }: SmokeAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
