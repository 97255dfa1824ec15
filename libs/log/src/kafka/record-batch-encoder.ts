import { crc32c } from './crc32c.js';
import { compressBatch, IN_THREAD_BYTES_MAX } from './lz4.codec.js';
import { BATCH, BATCH_FORMAT, CODECS } from './record-batch-layout.js';
import { RECORD_HEAD_BYTES_MAX, writeRecord } from './record-writer.js';

/** Whom a broker knows by this; it takes a batch of the same producer, epoch and sequence for a repetition. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export interface RecordBatchOptions extends ProducerIdentity {
  /** Of the first record in its partition, counted by the producer. */
  readonly firstSequence: number;
  readonly timeMs: number;
}

/** What is compressed at once, as most batches of a gateway are: one room serves all of them. */
const room = Buffer.allocUnsafe(IN_THREAD_BYTES_MAX);

/** The bytes of one batch of records by `encodeRecord`: as the broker stores it, and as consumers get it. */
export async function encodeRecordBatch(encoded: readonly Buffer[], options: RecordBatchOptions): Promise<Buffer> {
  const bytesMax = encoded.reduce((bytes, record) => bytes + RECORD_HEAD_BYTES_MAX + record.length, 0);
  const into = bytesMax <= room.length ? room : Buffer.allocUnsafe(bytesMax);
  const end = encoded.reduce((at, record, place) => writeRecord(into, at, record, place), 0);
  const records = into.subarray(0, end);
  const compressed = compressBatch(records);
  // The room is another's as soon as anything is waited for.
  const body = compressed instanceof Promise ? await compressed : compressed;
  return batchOf(encoded.length, body ?? records, body === undefined ? 'none' : 'lz4', options);
}

function batchOf(
  count: number,
  body: Buffer,
  codec: (typeof CODECS)[number],
  { producerId, producerEpoch, firstSequence, timeMs }: RecordBatchOptions,
): Buffer {
  const batch = Buffer.allocUnsafe(BATCH.HEAD_BYTES + body.length).fill(0, 0, BATCH.HEAD_BYTES);
  batch.writeInt32BE(batch.length - BATCH.COUNTED_FROM, BATCH.LENGTH_AT);
  batch[BATCH.FORMAT_AT] = BATCH_FORMAT;
  batch.writeInt16BE(CODECS.indexOf(codec), BATCH.ATTRIBUTES_AT);
  batch.writeInt32BE(count - 1, BATCH.LAST_OFFSET_DELTA_AT);
  batch.writeBigInt64BE(BigInt(timeMs), BATCH.FIRST_TIME_AT);
  batch.writeBigInt64BE(BigInt(timeMs), BATCH.LAST_TIME_AT);
  batch.writeBigInt64BE(producerId, BATCH.PRODUCER_ID_AT);
  batch.writeInt16BE(producerEpoch, BATCH.PRODUCER_EPOCH_AT);
  batch.writeInt32BE(firstSequence, BATCH.FIRST_SEQUENCE_AT);
  batch.writeInt32BE(count, BATCH.COUNT_AT);
  batch.set(body, BATCH.HEAD_BYTES);
  batch.writeUInt32BE(crc32c(batch.subarray(BATCH.ATTRIBUTES_AT)), BATCH.CHECKSUM_AT);
  return batch;
}
