import { memberElements, REQUEST_NESTING_MAX } from '@logbook/contracts';
import { nestedTooDeeply, parseJson, type RequestBody } from '../body/parse-body.js';
import { HttpProblem } from '../errors.js';
import { BATCH_EVENTS_MAX } from './event-batch.input.js';
import { isJsonObject } from './fields.js';

/** One event of a batch. */
export interface BatchItem {
  /** As it was sent, without the white space around it. */
  readonly text: string;
  /** The text as UTF-8. */
  readonly bytes: Buffer;
  /** Throws what POST /events answers to a text that is not JSON, or is nested too deeply. */
  readonly parse: () => unknown;
}

/** The events of a batch in order: elements of `events`, or lines of NDJSON. Throws invalid-request, or payload-too-large. */
export function requireItems(body: RequestBody): readonly BatchItem[] {
  const items = body.mediaType === 'NDJSON' ? lineItems(body) : elementItems(body);
  if (items.length === 0) throw notABatch('must hold at least one event');
  return items;
}

function elementItems(body: RequestBody): BatchItem[] {
  const events = isJsonObject(body.json) ? body.json['events'] : undefined;
  if (!Array.isArray(events)) throw notABatch('must be a list of events');
  if (events.length > BATCH_EVENTS_MAX) throw tooMany();
  // Of a repeated `events` the last counts, for the parser and for the spans alike.
  return memberElements(body.text, 'events').map(({ start, end, depth }, index) => {
    const { text, bytes } = partOf(body, start, end);
    const parse = (): unknown => {
      // The body was parsed as a whole, however deep: only the event that is nested too deeply is refused for it.
      if (depth > REQUEST_NESTING_MAX) throw nestedTooDeeply('the event');
      return events[index] as unknown;
    };
    return { text, bytes, parse };
  });
}

/** In JSON a line feed stands between tokens alone, so each one ends a line. */
function lineItems(body: RequestBody): BatchItem[] {
  const { text } = body;
  const items: BatchItem[] = [];
  for (let start = behindSpace(text, 0); start < text.length;) {
    if (items.length === BATCH_EVENTS_MAX) throw tooMany();
    const lineFeed = text.indexOf('\n', start);
    const end = lineFeed === -1 ? text.length : lineFeed;
    const line = partOf(body, start, beforeSpace(text, end));
    items.push({ text: line.text, bytes: line.bytes, parse: () => parseJson(line.text, 'the event') });
    start = behindSpace(text, end);
  }
  return items;
}

/** Where every character is a byte, a part is cut out of the bytes that came; elsewhere it is encoded anew. */
function partOf({ text, bytes }: RequestBody, start: number, end: number): Pick<BatchItem, 'text' | 'bytes'> {
  const part = text.slice(start, end);
  return { text: part, bytes: bytes.length === text.length ? bytes.subarray(start, end) : Buffer.from(part) };
}

/** Where the next character that is not white space stands: blank lines are passed in one go. */
function behindSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && isSpace(text.charCodeAt(next))) next += 1;
  return next;
}

function beforeSpace(text: string, end: number): number {
  let last = end;
  while (isSpace(text.charCodeAt(last - 1))) last -= 1;
  return last;
}

/** What JSON takes for white space: tab, line feed, carriage return and space. */
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

const notABatch = (message: string): HttpProblem =>
  new HttpProblem({ slug: 'invalid-request', message: `events ${message}`, errors: [{ path: 'events', message }] });

const tooMany = (): HttpProblem =>
  new HttpProblem({ slug: 'payload-too-large', message: `the batch holds more than ${BATCH_EVENTS_MAX} events` });
