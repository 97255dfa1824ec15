/** Produce, version 7, which Kafka 2.1 to 4 know. Source: Kafka protocol guide. */
export const PRODUCE = { apiKey: 0, apiVersion: 7, apiName: 'Produce' } as const;

const ALL_IN_SYNC_REPLICAS = -1;
const NO_TRANSACTION = -1;
/** The transaction's name (none), the replicas, the time-out, the number of topics. */
const HEAD_BYTES = 2 + 2 + 4 + 4;
/** The length of its name, the number of its partitions. */
const TOPIC_FRAMING_BYTES = 2 + 4;
/** Its number, the length of its records. */
const PARTITION_FRAMING_BYTES = 4 + 4;

/** One partition's batch, for the broker that leads the partition. */
export interface AddressedBatch {
  /** The topic's name on the broker. */
  readonly name: string;
  readonly partition: number;
  readonly records: Buffer;
}

/** What a broker says of one batch. */
export interface BatchAnswer {
  readonly name: string;
  readonly partition: number;
  /** 0 where the batch was appended, or had been already. */
  readonly errorCode: number;
  readonly baseOffset: number;
}

/** @param timeoutMs how long the broker waits for its replicas */
export function encodeProduceRequest(batches: readonly AddressedBatch[], timeoutMs: number): Buffer {
  const byName = new Map<string, AddressedBatch[]>();
  for (const batch of batches) {
    const those = byName.get(batch.name);
    if (those === undefined) byName.set(batch.name, [batch]);
    else those.push(batch);
  }
  const request = Buffer.allocUnsafe(requestBytes(batches, byName.keys()));
  let at = request.writeInt16BE(NO_TRANSACTION, 0);
  at = request.writeInt16BE(ALL_IN_SYNC_REPLICAS, at);
  at = request.writeInt32BE(timeoutMs, at);
  at = request.writeInt32BE(byName.size, at);
  for (const [name, partitions] of byName) {
    at = request.writeInt16BE(Buffer.byteLength(name), at);
    at += request.write(name, at);
    at = request.writeInt32BE(partitions.length, at);
    for (const { partition, records } of partitions) {
      at = request.writeInt32BE(partition, at);
      at = request.writeInt32BE(records.length, at);
      request.set(records, at);
      at += records.length;
    }
  }
  return request;
}

function requestBytes(batches: readonly AddressedBatch[], names: Iterable<string>): number {
  let bytes = HEAD_BYTES;
  for (const name of names) bytes += TOPIC_FRAMING_BYTES + Buffer.byteLength(name);
  for (const { records } of batches) bytes += PARTITION_FRAMING_BYTES + records.length;
  return bytes;
}

export function decodeProduceResponse(response: Buffer): {
  readonly answers: BatchAnswer[];
  /** How long the broker asks to be left alone. */
  readonly throttleMs: number;
} {
  let at = 0;
  const int16 = (): number => response.readInt16BE((at += 2) - 2);
  const int32 = (): number => response.readInt32BE((at += 4) - 4);
  const int64 = (): number => Number(response.readBigInt64BE((at += 8) - 8));
  const answers: BatchAnswer[] = [];
  for (let topics = int32(); topics > 0; topics -= 1) {
    const nameBytes = int16();
    const name = response.toString('utf8', at, at + nameBytes);
    at += nameBytes;
    for (let partitions = int32(); partitions > 0; partitions -= 1) {
      answers.push({ name, partition: int32(), errorCode: int16(), baseOffset: int64() });
      int64(); // when the broker appended it, if that is the time it keeps
      int64(); // where the partition begins
    }
  }
  return { answers, throttleMs: int32() };
}
