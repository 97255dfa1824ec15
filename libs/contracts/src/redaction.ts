import { elementSpans, memberSpans, type MemberSpan, type TextSpan, unescaped } from './json-text.js';

/** Of "extra_headers": a search goes fast past what its first character is not, and an underscore is rarer than an e. */
const RARER_PART = '_headers';
const REDACTED = '"[redacted]"';

const SECRET_NAMES: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);
const SECRET_PARTS = ['api-key', 'api_key', 'token', 'secret', 'password'] as const;

/** An escape that stands for one of the characters of "extra_headers": somebody could spell the key with it. */
const ESCAPED_LETTER = /\\u00(?:5f|6[1458]|7[2348])/i;

export interface RedactionOptions {
  /** Further names whose values are replaced; compared in lower case. */
  readonly extraNames?: readonly string[];
}

/**
 * The text of an event with the values of authorization-like entries of `properties.inputs.extra_headers` replaced
 * by "[redacted]", whatever their kind; nothing else is changed. `text` is known to be valid JSON.
 *
 * The entries stand in an object, or in a list of [name, value] pairs. Every occurrence of a repeated key counts on
 * every level, not only the last: the log keeps the text, so a value that JSON.parse would drop is kept too.
 * Returns `text` itself where there is nothing to replace, which nearly always a search for the key's name decides.
 */
export function redactEvent(text: string, options: RedactionOptions = {}): string {
  if (!mayHoldExtraHeaders(text)) return text;
  const names = new Set([...SECRET_NAMES, ...(options.extraNames ?? []).map((name) => name.toLowerCase())]);
  let redacted = '';
  let kept = 0;
  for (const { start, end } of secretSpans(text, names)) {
    redacted += text.slice(kept, start) + REDACTED;
    kept = end;
  }
  return kept === 0 ? text : redacted + text.slice(kept);
}

function mayHoldExtraHeaders(text: string): boolean {
  return text.includes(RARER_PART) || (text.includes('\\u00') && ESCAPED_LETTER.test(text));
}

/** The values to replace, in the order of the text. */
function* secretSpans(text: string, names: ReadonlySet<string>): Generator<TextSpan> {
  for (const properties of membersNamed(text, 0, 'properties')) {
    for (const inputs of membersNamed(text, properties.start, 'inputs')) {
      for (const headers of membersNamed(text, inputs.start, 'extra_headers')) {
        yield* secretMembers(text, headers.start, names);
        yield* secretPairs(text, headers.start, names);
      }
    }
  }
}

function* membersNamed(text: string, at: number, name: string): Generator<MemberSpan> {
  for (const member of memberSpans(text, at)) if (member.name === name) yield member;
}

function* secretMembers(text: string, at: number, names: ReadonlySet<string>): Generator<TextSpan> {
  for (const member of memberSpans(text, at)) if (isSecret(member.name, names)) yield member;
}

/** Whatever follows the name in a pair is its value, also where there is more than one. */
function* secretPairs(text: string, at: number, names: ReadonlySet<string>): Generator<TextSpan> {
  for (const pair of elementSpans(text, at)) {
    const [name, ...values] = elementSpans(text, pair.start);
    if (name === undefined || text[name.start] !== '"') continue;
    if (isSecret(unescaped(text.slice(name.start, name.end)), names)) yield* values;
  }
}

function isSecret(name: string, names: ReadonlySet<string>): boolean {
  const lowered = name.toLowerCase();
  return names.has(lowered) || SECRET_PARTS.some((part) => lowered.includes(part));
}
