import { offset, type TopicPartition } from '@logbook/contracts';
import type { CopyProgress } from '../copy/copy-log.js';
import { firstPlaces, withPlace } from '../copy/copy-places.js';
import type { CopyBatch, CopySource } from '../copy/copy-source.js';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  archivedLog,
  logEntryName,
  manifestEntryName,
  segmentEntryName,
  type Manifest,
  type ManifestSegment,
} from './archive-format.js';
import { encodeSegment, lineOf } from './segment.js';
import { TAR_END, tarEntry } from './tar.js';

/** Text of one segment before it is compressed, or one message. */
const SEGMENT_BYTES_TARGET = 4 * 1024 * 1024;

interface OpenSegment extends TopicPartition {
  readonly from: number;
  next: number;
  readonly lines: Buffer[];
  bytes: number;
}

export interface WriteArchiveOptions {
  readonly source: CopySource;
  /** Resolves when the next piece may come. */
  readonly write: (piece: Buffer) => Promise<void>;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/** Writes a log, up to the ends as of the call, as an archive. Holds a few batches at most. */
export async function writeArchive({ source, write, onProgress }: WriteArchiveOptions): Promise<CopyProgress> {
  const segments: ManifestSegment[] = [];
  let messages = 0;
  let bytes = 0;
  const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const log = json(archivedLog(source.genesis));
  await write(tarEntry({ name: logEntryName(log), content: log }));

  // The genesis is the first entry; it is no message of a segment.
  const control = { topic: 'control', partition: 0 } as const;
  const begin = withPlace(firstPlaces(source.genesis.partitions), control, { next: offset(1), last: null });
  const total = await source.remaining(begin);
  for await (const { head, lines } of segmentsOf(source.read(begin, null))) {
    const content = await encodeSegment({ segment: segments.length + 1, ...head }, lines);
    const name = segmentEntryName(segments.length + 1, content);
    await write(tarEntry({ name, content }));
    segments.push({ name, ...head });
    messages += head.messages;
    for (const line of lines) bytes += line.length;
    onProgress?.({ messages, bytes, remaining: total === null ? null : Math.max(0, total - messages) });
  }

  const manifest = json({
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    log: logEntryName(log),
    segments,
    messages,
  } satisfies Manifest);
  await write(tarEntry({ name: manifestEntryName(manifest), content: manifest }));
  await write(TAR_END);
  return { messages, bytes, remaining: 0 };
}

/** Cuts what a source gives into segments, each of one partition. */
async function* segmentsOf(
  batches: AsyncIterable<CopyBatch>,
): AsyncGenerator<{ head: Omit<ManifestSegment, 'name'>; lines: readonly Buffer[] }> {
  let open: OpenSegment | undefined;
  const closed = ({ lines, topic, partition, from, next }: OpenSegment) => ({
    head: { topic, partition, from, next, messages: lines.length },
    lines,
  });
  for await (const { topic, partition, from, next, messages } of batches) {
    if (open !== undefined && (open.topic !== topic || open.partition !== partition)) {
      yield closed(open);
      open = undefined;
    }
    open ??= { topic, partition, from, next: from, lines: [], bytes: 0 };
    for (const message of messages) {
      const line = Buffer.from(`${JSON.stringify(lineOf(message))}\n`);
      if (open.lines.length > 0 && open.bytes + line.length > SEGMENT_BYTES_TARGET) {
        yield closed(open);
        open = { topic, partition, from: open.next, next: open.next, lines: [], bytes: 0 };
      }
      open.lines.push(line);
      open.bytes += line.length;
      open.next = message.offset + 1;
    }
    open.next = next;
  }
  if (open !== undefined) yield closed(open);
}
