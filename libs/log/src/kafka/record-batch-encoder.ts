import type { EncodedChange, RawMessage } from '@logbook/contracts';
import { crc32c } from './crc32c.js';
import { compressBatch } from './lz4.codec.js';
import { BATCH, BATCH_FORMAT, CODECS } from './record-batch-layout.js';
import { RecordWriter } from './record-writer.js';

/** Whom a broker knows by this; it takes a batch of the same producer, epoch and sequence for a repetition. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export interface RecordBatchOptions extends ProducerIdentity {
  /** Of the first record in its partition, counted by the producer. */
  readonly firstSequence: number;
  /** At least the bytes that the messages take by `measureMessages`. */
  readonly bytesMax: number;
  readonly timeMs: number;
}

/** The bytes of one batch: as the broker stores it, and as consumers get it. */
export async function encodeRecordBatch(
  messages: readonly (EncodedChange | RawMessage)[],
  { producerId, producerEpoch, firstSequence, bytesMax, timeMs }: RecordBatchOptions,
): Promise<Buffer> {
  const writer = new RecordWriter(Buffer.allocUnsafe(bytesMax));
  messages.forEach((message, place) => writer.record(message, place));
  const records = writer.written();
  const compressed = await compressBatch(records);
  const body = compressed ?? records;
  const batch = Buffer.allocUnsafe(BATCH.HEAD_BYTES + body.length).fill(0, 0, BATCH.HEAD_BYTES);
  batch.writeInt32BE(batch.length - BATCH.COUNTED_FROM, BATCH.LENGTH_AT);
  batch[BATCH.FORMAT_AT] = BATCH_FORMAT;
  batch.writeInt16BE(CODECS.indexOf(compressed === undefined ? 'none' : 'lz4'), BATCH.ATTRIBUTES_AT);
  batch.writeInt32BE(messages.length - 1, BATCH.LAST_OFFSET_DELTA_AT);
  batch.writeBigInt64BE(BigInt(timeMs), BATCH.FIRST_TIME_AT);
  batch.writeBigInt64BE(BigInt(timeMs), BATCH.LAST_TIME_AT);
  batch.writeBigInt64BE(producerId, BATCH.PRODUCER_ID_AT);
  batch.writeInt16BE(producerEpoch, BATCH.PRODUCER_EPOCH_AT);
  batch.writeInt32BE(firstSequence, BATCH.FIRST_SEQUENCE_AT);
  batch.writeInt32BE(messages.length, BATCH.COUNT_AT);
  batch.set(body, BATCH.HEAD_BYTES);
  batch.writeUInt32BE(crc32c(batch.subarray(BATCH.ATTRIBUTES_AT)), BATCH.CHECKSUM_AT);
  return batch;
}
