import { createHash } from 'node:crypto';
import { encodeMessage, offset, type LogCreated, type TopicPartition } from '@logbook/contracts';
import { lineOf, type MessageLine } from './segment.js';

/**
 * An archive is a tar of `log`, `segment`s numbered from 1, and `manifest` in this order; every name carries the SHA-256
 * of its content, so that each is checked before it is used, also where the whole can be read but once. docs/log-archive.md
 */
export const ARCHIVE_FORMAT = 'logbook-log-archive';
export const ARCHIVE_VERSION = 1;
/** No entry is larger: a segment is a few MiB, or one message. */
export const ENTRY_BYTES_MAX = 512 * 1024 * 1024;

/** The first entry: which log this was. */
export interface ArchivedLog {
  readonly format: string;
  readonly version: number;
  /** The first message of the log. It holds the secret. */
  readonly genesis: MessageLine;
}

/** The last entry: everything before it was written. */
export interface Manifest {
  readonly format: string;
  readonly version: number;
  readonly log: string;
  readonly segments: readonly ManifestSegment[];
  readonly messages: number;
}

export interface ManifestSegment extends TopicPartition {
  readonly name: string;
  readonly from: number;
  readonly next: number;
  readonly messages: number;
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const numbered = (segment: number): string => String(segment).padStart(8, '0');

export const logEntryName = (content: Buffer): string => `log-${sha256(content)}.json`;
export const segmentEntryName = (segment: number, content: Buffer): string =>
  `segment-${numbered(segment)}-${sha256(content)}.jsonl.gz`;
export const manifestEntryName = (content: Buffer): string => `manifest-${sha256(content)}.json`;

export function archivedLog(genesis: LogCreated): ArchivedLog {
  const { key, headers, value } = encodeMessage(genesis);
  const line = lineOf({ offset: offset(0), key: Buffer.from(key), headers, value });
  return { format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION, genesis: line };
}
