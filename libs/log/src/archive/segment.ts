import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { offset, type RawHeaders, type RawMessage, type StoredMessage, type TopicPartition } from '@logbook/contracts';
import type { CopyBatch } from '../copy/copy-source.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** The most that one segment inflates to: a message at its limit, escaped, and more. Beyond, it is none of ours. */
const SEGMENT_TEXT_BYTES_MAX = 1024 * 1024 * 1024;
const NEWLINE = 0x0a;

/** What the first line of a segment says of it. */
export interface SegmentHead extends TopicPartition {
  readonly segment: number;
  readonly from: number;
  readonly next: number;
  readonly messages: number;
}

/** Text where bytes are UTF-8, else base64: archives are read by people and their tools. */
type Part = string | null | { readonly base64: string };

/** A message as archives show it. */
export interface MessageLine {
  readonly offset: number;
  readonly key: Part;
  /** Pairs, because a name may be repeated. */
  readonly headers: readonly (readonly [name: string, value: Part])[];
  readonly value: Part;
}

export function lineOf(message: RawMessage & Pick<StoredMessage, 'offset'>): MessageLine {
  return {
    offset: message.offset,
    key: partOf(message.key),
    headers: headerPairs(message.headers),
    value: partOf(message.value),
  };
}

/** Gzip'ed lines: the head, then one message each. */
export async function encodeSegment(head: SegmentHead, lines: readonly Buffer[]): Promise<Buffer> {
  return compress(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...lines]));
}

/** @throws Error saying what is wrong with it. */
export async function decodeSegment(content: Buffer): Promise<CopyBatch & { readonly segment: number }> {
  const text = await decompress(content, { maxOutputLength: SEGMENT_TEXT_BYTES_MAX });
  const lines = linesOf(text);
  const head = JSON.parse(lines.next().value?.toString() ?? '') as SegmentHead;
  const { segment, topic, partition } = head;
  const messages: StoredMessage[] = [];
  for (const line of lines)
    messages.push({ topic, partition, ...messageOf(JSON.parse(line.toString()) as MessageLine) });
  if (messages.length !== head.messages)
    throw new Error(`it holds ${messages.length} messages, and says ${head.messages}`);
  return { segment, topic, partition, from: offset(head.from), next: offset(head.next), messages };
}

/** Line by line: a segment may be longer than the longest string. */
function* linesOf(text: Buffer): Generator<Buffer, undefined> {
  for (let begin = 0; begin < text.length;) {
    const end = text.indexOf(NEWLINE, begin);
    if (end < 0) throw new Error('its last line has no end');
    yield text.subarray(begin, end);
    begin = end + 1;
  }
}

export function messageOf({
  offset: at,
  key,
  headers,
  value,
}: MessageLine): RawMessage & Pick<StoredMessage, 'offset'> {
  const lists = new Map<string, (Buffer | null)[]>();
  for (const [name, each] of headers) lists.set(name, [...(lists.get(name) ?? []), bytesOf(each)]);
  const entries = [...lists].map(([name, list]) => [name, list.length === 1 ? list[0] : list] as const);
  return {
    offset: offset(at),
    key: bytesOf(key),
    // The types of headers do not know null; the bytes do, and an archive must not lose it.
    headers: Object.fromEntries(entries) as RawHeaders,
    value: bytesOf(value),
  };
}

function headerPairs(headers: RawHeaders): [string, Part][] {
  return Object.entries(headers).flatMap(([name, value]): [string, Part][] => {
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((each) => [name, partOf(each)]);
  });
}

function partOf(bytes: Buffer | string | null): Part {
  if (bytes === null || typeof bytes === 'string') return bytes;
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
}

function bytesOf(part: Part): Buffer | null {
  if (part === null) return null;
  return typeof part === 'string' ? Buffer.from(part) : Buffer.from(part.base64, 'base64');
}
