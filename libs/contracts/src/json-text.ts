/**
 * Places within the text of JSON, for what must be kept or changed as text: parsing and printing it again would
 * lose duplicate keys, big numbers and spellings. Every function is iterative and takes time linear in the text.
 *
 * The text is known to be valid JSON; of any other text the spans mean nothing, but every function still ends.
 * Written here because the visitors and scanners published for JSON recurse once a level, or look at each
 * character of a string; an inline image is one string of megabytes, which `indexOf` passes in one step.
 */

/** From `start` up to, not including, `end`, in UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** The span of a member's value, and the member's name, unescaped. */
export interface MemberSpan extends TextSpan {
  readonly name: string;
}

/** The span of an array's element, and how deep it is nested: 0 for a scalar, 1 for `{}`. */
export interface ElementSpan extends TextSpan {
  readonly depth: number;
}

/** Levels of arrays and objects that `properties` of an event or person may have, itself counted or not. */
export const NESTING_MAX = 1_000;
/**
 * Levels a whole request may have. The slack covers what surrounds `properties`: the envelope, a batch's list and
 * object, and whether `properties` itself counts as a level.
 */
export const REQUEST_NESTING_MAX = NESTING_MAX + 8;

/** How deep arrays and objects are nested: 0 for a scalar, 1 for `{}`. */
export function nestingDepth(text: string): number {
  return deepest(text, Number.POSITIVE_INFINITY);
}

/** Whether arrays and objects are nested more than `max` deep; stops at the first that is. Safe on any text. */
export function exceedsNesting(text: string, max: number = REQUEST_NESTING_MAX): boolean {
  // Each level takes a character of its own, so a short text needs no look at it.
  return text.length > max && deepest(text, max) > max;
}

/** The raw text of the value of a top-level member of an object; of a repeated one the last, as JSON.parse has it. */
export function memberText(text: string, name: string): string | undefined {
  const span = memberSpan(text, name);
  return span === undefined ? undefined : text.slice(span.start, span.end);
}

/**
 * The elements of the array that is the value of a top-level member of an object, in order; of a repeated one the last, as
 * JSON.parse has it. None where there is no such array.
 */
export function memberElements(text: string, name: string): ElementSpan[] {
  let elements: ElementSpan[] = [];
  let next = skipSpace(text, 0);
  if (text[next] !== '{') return elements;
  do {
    const member = memberHead(text, next + 1);
    if (member === undefined) return elements;
    if (member.name === name) elements = [...elementSpans(text, member.start)];
    // Behind its last element an array has nothing but its bracket: it is not passed a second time.
    const last = member.name === name ? elements.at(-1) : undefined;
    next = skipSpace(text, last === undefined ? endOfValue(text, member.start) : skipSpace(text, last.end) + 1);
  } while (text[next] === ',');
  return elements;
}

/** Where the value that `memberText` returns stands. */
export function memberSpan(text: string, name: string): TextSpan | undefined {
  let last: TextSpan | undefined;
  for (const member of memberSpans(text)) if (member.name === name) last = member;
  return last;
}

/** The members of the object that begins at `at`, repeated ones too, in order; none if no object begins there. */
export function* memberSpans(text: string, at = 0): Generator<MemberSpan> {
  let next = skipSpace(text, at);
  if (text[next] !== '{') return;
  do {
    const head = memberHead(text, next + 1);
    if (head === undefined) return;
    const end = endOfValue(text, head.start);
    yield { ...head, end };
    next = skipSpace(text, end);
  } while (text[next] === ',');
}

/** The name of the member that follows `at`, and where its value begins. */
function memberHead(text: string, at: number): { readonly name: string; readonly start: number } | undefined {
  const nameStart = skipSpace(text, at);
  if (text[nameStart] !== '"') return undefined;
  const nameEnd = endOfString(text, nameStart);
  const colon = skipSpace(text, nameEnd);
  return { name: unescaped(text.slice(nameStart, nameEnd)), start: skipSpace(text, colon + 1) };
}

/** The elements of the array that begins at `at`, in order; none if no array begins there. */
export function* elementSpans(text: string, at = 0): Generator<ElementSpan> {
  let next = skipSpace(text, at);
  if (text[next] !== '[') return;
  if (text[skipSpace(text, next + 1)] === ']') return;
  do {
    const start = skipSpace(text, next + 1);
    const element = isBegin(text.charCodeAt(start))
      ? nestedSpan(text, start)
      : { start, end: endOfValue(text, start), depth: 0 };
    yield element;
    next = skipSpace(text, element.end);
  } while (text[next] === ',');
}

/** What the literal of a JSON string says. */
export function unescaped(literal: string): string {
  return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const ARRAY_BEGIN = 0x5b;
const ARRAY_END = 0x5d;
const OBJECT_BEGIN = 0x7b;
const OBJECT_END = 0x7d;

const isBegin = (code: number): boolean => code === OBJECT_BEGIN || code === ARRAY_BEGIN;
const isEnd = (code: number): boolean => code === OBJECT_END || code === ARRAY_END;
/** Tab, line feed, carriage return and space. */
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** The greatest depth, or the first that is over `max`. */
function deepest(text: string, max: number): number {
  let depth = 0;
  let greatest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (isBegin(code)) {
      depth += 1;
      if (depth > greatest) greatest = depth;
      if (greatest > max) return greatest;
    } else if (isEnd(code)) depth -= 1;
  }
  return greatest;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (isSpace(text.charCodeAt(next))) next += 1;
  return next;
}

/** Behind the value that begins at `start`. */
function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  return isBegin(first) ? nestedSpan(text, start).end : endOfScalar(text, start);
}

function nestedSpan(text: string, start: number): ElementSpan {
  let open = 0;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (isBegin(code)) {
      open += 1;
      if (open > depth) depth = open;
    } else if (isEnd(code)) {
      open -= 1;
      if (open === 0) return { start, end: at + 1, depth };
    }
  }
  return { start, end: text.length, depth };
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || isEnd(code) || isSpace(code)) return at;
  }
  return at;
}

/** Behind the closing quote of the string whose opening quote stands at `start`. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote, start)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

/** A quote is escaped by an odd number of backslashes; each run of them is counted once, for the quote behind it. */
function isEscaped(text: string, quote: number, start: number): boolean {
  let at = quote - 1;
  while (at > start && text.charCodeAt(at) === BACKSLASH) at -= 1;
  return (quote - 1 - at) % 2 === 1;
}
