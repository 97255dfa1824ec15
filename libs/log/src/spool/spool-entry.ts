import { type EncodedMessage, FOLDED_TOPICS, type FoldedTopic } from '@logbook/contracts';

/** A message in a spool. Id and time are in its headers, so they stay what they were when it was accepted. */
export interface SpoolEntry {
  /** Counts 1, 2, 3 … within one spool directory: the order of acceptance. */
  readonly sequence: number;
  readonly topic: FoldedTopic;
  readonly message: EncodedMessage;
  readonly spooledAtMs: number;
  /** What it takes of the spool's bound. */
  readonly bytes: number;
}

/**
 * How an entry lies in LMDB: the format, the length of the head (4 bytes, big-endian), the head as JSON
 * (`[topic, spooledAtMs, key, name, value, name, value …]`), then the value's bytes as they are.
 */
const FRAME_FORMAT = 1;
const PREFIX_BYTES = 5;

type Head = [topic: FoldedTopic, spooledAtMs: number, key: string, ...headers: string[]];

export function frameEntry(topic: FoldedTopic, message: EncodedMessage, spooledAtMs: number): Buffer {
  const head: Head = [topic, spooledAtMs, message.key, ...Object.entries(message.headers).flat()];
  const headBytes = Buffer.from(JSON.stringify(head));
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + headBytes.length + message.value.length);
  frame.writeUInt8(FRAME_FORMAT, 0);
  frame.writeUInt32BE(headBytes.length, 1);
  headBytes.copy(frame, PREFIX_BYTES);
  message.value.copy(frame, PREFIX_BYTES + headBytes.length);
  return frame;
}

export function unframeEntry(sequence: number, frame: Buffer): SpoolEntry {
  const { topic, spooledAtMs, key, headers, valueAt } = headOf(frame);
  const message = { key, headers, value: frame.subarray(valueAt) };
  return { sequence, topic, message, spooledAtMs, bytes: frame.length };
}

function headOf(frame: Buffer) {
  const format = frame.readUInt8(0);
  if (format !== FRAME_FORMAT)
    throw new Error(`the spool holds a message of format ${format}; this release reads ${FRAME_FORMAT}`);
  const valueAt = PREFIX_BYTES + frame.readUInt32BE(1);
  const [topic, spooledAtMs, key, ...pairs] = JSON.parse(frame.toString('utf8', PREFIX_BYTES, valueAt)) as Head;
  if (!FOLDED_TOPICS.includes(topic))
    throw new Error(`the spool holds a message for ${topic}, which takes none from it`);
  const headers: Record<string, string> = {};
  for (let index = 0; index < pairs.length; index += 2) headers[pairs[index] ?? ''] = pairs[index + 1] ?? '';
  return { topic, spooledAtMs, key, headers, valueAt };
}
