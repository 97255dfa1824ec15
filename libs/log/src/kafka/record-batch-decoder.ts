import type { StoredMessage, TopicPartition } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { partitionName } from '../delivery/start-position.js';
import type { FetchedPartition } from './fetch-request.js';
import { gunzipBatch } from './gzip.codec.js';
import { decompressBatch } from './lz4.codec.js';
import { BATCH, BATCH_FORMAT, CODECS } from './record-batch-layout.js';
import { RecordReader, type KnownHeaders } from './record-reader.js';

const CODEC_MASK = 0x07;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** The key of the marker that ends an aborted transaction. Source: Kafka protocol guide, control records. */
const ABORT_MARKER_KEY = Buffer.from([0, 0, 0, 0]);

export interface ReadRecords {
  /** Where the next fetch begins, past markers, aborted messages and what compaction has removed. */
  readonly next: number;
  readonly messages: StoredMessage[];
}

/**
 * The messages at or past `at` of what was fetched: without markers and without the messages of aborted transactions, of
 * which the response tells where each begins.
 * @throws LogMismatchError for a batch that this release cannot read, naming the place and why
 */
export async function readRecords(place: TopicPartition, at: number, fetched: FetchedPartition): Promise<ReadRecords> {
  const { records } = fetched;
  const transactions = new AbortedTransactions(fetched.aborted);
  const known: KnownHeaders = new Map();
  const messages: StoredMessage[] = [];
  let next = at;
  for (let begin = 0; begin + BATCH.HEAD_BYTES <= records.length;) {
    const end = begin + BATCH.COUNTED_FROM + records.readInt32BE(begin + BATCH.LENGTH_AT);
    if (end > records.length) break;
    if (end < begin + BATCH.HEAD_BYTES)
      throw new LogMismatchError(`${partitionName(place)} holds a record batch without a head`);
    const batch = records.subarray(begin, end);
    begin = end;
    const baseOffset = Number(batch.readBigInt64BE(0));
    const past = baseOffset + batch.readInt32BE(BATCH.LAST_OFFSET_DELTA_AT) + 1;
    if (past <= at) continue;
    next = past;
    const found = await recordsOf(batch, known, place, baseOffset);
    if (!transactions.holdBack(batch, baseOffset, found)) {
      for (const message of found) if (message.offset >= at) messages.push(message);
    }
  }
  return { next, messages };
}

async function recordsOf(
  batch: Buffer,
  known: KnownHeaders,
  place: TopicPartition,
  baseOffset: number,
): Promise<StoredMessage[]> {
  try {
    const format = batch[BATCH.FORMAT_AT];
    if (format !== BATCH_FORMAT) throw new RangeError(`its format is ${format}, not ${BATCH_FORMAT}`);
    const body = await inflate(batch.readInt16BE(BATCH.ATTRIBUTES_AT) & CODEC_MASK, batch.subarray(BATCH.HEAD_BYTES));
    const reader = new RecordReader(body, known);
    return Array.from({ length: batch.readInt32BE(BATCH.COUNT_AT) }, () => reader.message(place, baseOffset));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const where = `the record batch at ${partitionName(place)} offset ${baseOffset}`;
    throw new LogMismatchError(`${where} cannot be read: ${reason}`, { cause: error });
  }
}

async function inflate(codec: number, body: Buffer): Promise<Buffer> {
  switch (CODECS[codec]) {
    case 'none':
      return body;
    case 'lz4':
      return decompressBatch(body);
    case 'gzip':
      return gunzipBatch(body);
    default:
      throw new RangeError(
        `a foreign producer compressed it with ${CODECS[codec] ?? `codec ${codec}`}; Logbook reads lz4, gzip and none`,
      );
  }
}

/** Follows which producers' messages count, batch by batch. */
class AbortedTransactions {
  private readonly begins: { readonly producerId: bigint; readonly firstOffset: number }[];
  private readonly aborting = new Set<bigint>();

  constructor(aborted: FetchedPartition['aborted']) {
    this.begins = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Whether the batch is a marker, or belongs to a transaction that was aborted. */
  holdBack(batch: Buffer, baseOffset: number, records: readonly StoredMessage[]): boolean {
    const attributes = batch.readInt16BE(BATCH.ATTRIBUTES_AT);
    const producerId = batch.readBigInt64BE(BATCH.PRODUCER_ID_AT);
    for (; this.begins[0] !== undefined && this.begins[0].firstOffset <= baseOffset; this.begins.shift()) {
      this.aborting.add(this.begins[0].producerId);
    }
    if ((attributes & CONTROL) !== 0) {
      if (records[0]?.key?.equals(ABORT_MARKER_KEY) === true) this.aborting.delete(producerId);
      return true;
    }
    return (attributes & TRANSACTIONAL) !== 0 && this.aborting.has(producerId);
  }
}
