import type { Offset } from '@logbook/contracts';

/** Fetch, version 11, which Kafka 2.3 to 4 know. Source: Kafka protocol guide. */
export const FETCH = { apiKey: 1, apiVersion: 11, apiName: 'Fetch' } as const;

const NO_REPLICA = -1;
const READ_COMMITTED = 1;
const NO_SESSION = 0;
const NO_SESSION_EPOCH = -1;
const ANY_LEADER_EPOCH = -1;
const NO_LOG_START = -1n;
/** Replica, wait, least and most bytes, isolation, session and its epoch, number of topics. */
const HEAD_BYTES = 4 + 4 + 4 + 4 + 1 + 4 + 4 + 4;
/** Number, leader epoch, offset, log start, most bytes. */
const PARTITION_BYTES = 4 + 4 + 8 + 8 + 4;
/** Number of topics forgotten, length of the rack's name. */
const TAIL_BYTES = 4 + 2;

export interface FetchRequest {
  /** The topic's name on the broker. */
  readonly name: string;
  readonly partitions: readonly { readonly partition: number; readonly at: Offset }[];
  /** As they are compressed. The first partition that has anything answers with one record batch at least, however large. */
  readonly bytesMax: number;
  readonly partitionBytesMax: number;
  /** How long the leader waits for a message. */
  readonly waitMs: number;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  /** Transactions that were aborted among the records: who, and from which offset on. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[];
  /** Record batches, the last of which may be cut off. */
  readonly records: Buffer;
}

export function encodeFetchRequest({ name, partitions, bytesMax, partitionBytesMax, waitMs }: FetchRequest): Buffer {
  const nameBytes = Buffer.byteLength(name);
  const request = Buffer.allocUnsafe(HEAD_BYTES + 2 + nameBytes + 4 + partitions.length * PARTITION_BYTES + TAIL_BYTES);
  let at = request.writeInt32BE(NO_REPLICA, 0);
  at = request.writeInt32BE(waitMs, at);
  at = request.writeInt32BE(1, at);
  at = request.writeInt32BE(bytesMax, at);
  at = request.writeInt8(READ_COMMITTED, at);
  at = request.writeInt32BE(NO_SESSION, at);
  at = request.writeInt32BE(NO_SESSION_EPOCH, at);
  at = request.writeInt32BE(1, at);
  at = request.writeInt16BE(nameBytes, at);
  at += request.write(name, at);
  at = request.writeInt32BE(partitions.length, at);
  for (const { partition, at: from } of partitions) {
    at = request.writeInt32BE(partition, at);
    at = request.writeInt32BE(ANY_LEADER_EPOCH, at);
    at = request.writeBigInt64BE(BigInt(from), at);
    at = request.writeBigInt64BE(NO_LOG_START, at);
    at = request.writeInt32BE(partitionBytesMax, at);
  }
  at = request.writeInt32BE(0, at);
  request.writeInt16BE(0, at);
  return request;
}

/** @throws RangeError where the response ends early */
export function decodeFetchResponse(response: Buffer): {
  /** Of the whole request; 0 where its partitions were looked at. */
  readonly errorCode: number;
  readonly partitions: FetchedPartition[];
} {
  let at = 4; // how long the broker asks to be left alone: it has waited that long itself
  const int16 = (): number => response.readInt16BE((at += 2) - 2);
  const int32 = (): number => response.readInt32BE((at += 4) - 4);
  const int64 = (): bigint => response.readBigInt64BE((at += 8) - 8);
  const errorCode = int16();
  int32(); // the session
  const partitions: FetchedPartition[] = [];
  for (let topics = int32(); topics > 0; topics -= 1) {
    const nameBytes = int16();
    at += nameBytes;
    for (let count = int32(); count > 0; count -= 1) {
      const head = { partition: int32(), errorCode: int16(), highWatermark: Number(int64()) };
      int64(); // the last stable offset
      int64(); // where the partition begins
      const aborted: { producerId: bigint; firstOffset: number }[] = [];
      for (let left = int32(); left > 0; left -= 1) {
        aborted.push({ producerId: int64(), firstOffset: Number(int64()) });
      }
      int32(); // a replica nearer by
      const bytes = Math.max(0, int32());
      partitions.push({ ...head, aborted, records: response.subarray(at, at + bytes) });
      at += bytes;
    }
  }
  return { errorCode, partitions };
}
