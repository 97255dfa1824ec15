import type { EncodedMessage, RawMessage } from '@logbook/contracts';
import { crc32c } from './crc32c.js';
import { compressBatch } from './lz4.codec.js';
import { RecordWriter } from './record-writer.js';

const FORMAT = 2;
const UNCOMPRESSED = 0;
const LZ4 = 3;

/** Where the fields of a batch lie; the records follow. Source: Kafka's documentation, "Record Batch". */
const LENGTH_AT = 8;
const FORMAT_AT = 16;
const CHECKSUM_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIME_AT = 27;
const LAST_TIME_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const FIRST_SEQUENCE_AT = 53;
const COUNT_AT = 57;
const HEAD_BYTES = 61;

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
  messages: readonly (EncodedMessage | RawMessage)[],
  { producerId, producerEpoch, firstSequence, bytesMax, timeMs }: RecordBatchOptions,
): Promise<Buffer> {
  const writer = new RecordWriter(Buffer.allocUnsafe(bytesMax));
  messages.forEach((message, place) => writer.record(message, place));
  const records = writer.written();
  const compressed = await compressBatch(records);
  const body = compressed ?? records;
  const batch = Buffer.allocUnsafe(HEAD_BYTES + body.length).fill(0, 0, HEAD_BYTES);
  batch.writeInt32BE(batch.length - LENGTH_AT - 4, LENGTH_AT);
  batch[FORMAT_AT] = FORMAT;
  batch.writeInt16BE(compressed === undefined ? UNCOMPRESSED : LZ4, ATTRIBUTES_AT);
  batch.writeInt32BE(messages.length - 1, LAST_OFFSET_DELTA_AT);
  batch.writeBigInt64BE(BigInt(timeMs), FIRST_TIME_AT);
  batch.writeBigInt64BE(BigInt(timeMs), LAST_TIME_AT);
  batch.writeBigInt64BE(producerId, PRODUCER_ID_AT);
  batch.writeInt16BE(producerEpoch, PRODUCER_EPOCH_AT);
  batch.writeInt32BE(firstSequence, FIRST_SEQUENCE_AT);
  batch.writeInt32BE(messages.length, COUNT_AT);
  batch.set(body, HEAD_BYTES);
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)), CHECKSUM_AT);
  return batch;
}
