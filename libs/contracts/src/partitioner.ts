const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/**
 * Kafka's murmur2 of `bytes`, a signed 32-bit integer as in Java.
 * Source: `org.apache.kafka.common.utils.Utils.murmur2`; `golden/murmur2-java.json` holds what it computes.
 */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const tail = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < tail; at += 4) {
    let word = byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    word = Math.imul(word, M);
    word ^= word >>> R;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  if (length > tail) {
    for (let at = tail; at < length; at += 1) hash ^= byte(bytes, at) << ((at - tail) * 8);
    hash = Math.imul(hash, M);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] as number;

/** Where a message without a key goes. Only a foreign producer writes one; a copy must have a place for it. */
const PARTITION_WITHOUT_KEY = 0;

/**
 * The partition of `key` among `partitions`: what Kafka's default partitioner chooses for a message with a key,
 * so that a producer in any language puts a key where Logbook does.
 */
export function partitionOfKey(key: string | Uint8Array | null, partitions: number): number {
  if (key === null) return PARTITION_WITHOUT_KEY;
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions;
}
