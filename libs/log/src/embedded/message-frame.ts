import type { EncodedMessage, RawMessage } from '@logbook/contracts';

/**
 * How a message lies in LMDB: the format, the length of the head (4 bytes, big-endian), the head as JSON
 * (`[key, name, value, name, value …]`), then the value's bytes as they are.
 */
const FRAME_FORMAT = 1;
const PREFIX_BYTES = 5;

export function frameMessage({ key, headers, value }: EncodedMessage): Buffer {
  const head = Buffer.from(JSON.stringify([key, ...Object.entries(headers).flat()]));
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + head.length + value.length);
  frame.writeUInt8(FRAME_FORMAT, 0);
  frame.writeUInt32BE(head.length, 1);
  head.copy(frame, PREFIX_BYTES);
  value.copy(frame, PREFIX_BYTES + head.length);
  return frame;
}

/** Key and headers come back as bytes, as Kafka delivers them, so that everything behind the port sees one shape. */
export function unframeMessage(frame: Buffer): RawMessage {
  const format = frame.readUInt8(0);
  if (format !== FRAME_FORMAT)
    throw new Error(`the log holds a message of format ${format}; this release reads ${FRAME_FORMAT}`);
  const headBytes = frame.readUInt32BE(1);
  const head = JSON.parse(frame.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + headBytes)) as string[];
  const headers: Record<string, Buffer> = {};
  for (let index = 1; index < head.length; index += 2) headers[head[index] ?? ''] = Buffer.from(head[index + 1] ?? '');
  return { key: Buffer.from(head[0] ?? ''), headers, value: frame.subarray(PREFIX_BYTES + headBytes) };
}
