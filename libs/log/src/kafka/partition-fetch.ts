import type { Cluster } from 'kafkajs';
import { offset, type Offset, type TopicPartition } from '@logbook/contracts';
import type { Piece } from '../delivery/scan-pieces.js';
import {
  decodeFetchResponse,
  encodeFetchRequest,
  FETCH,
  type FetchedPartition,
  type FetchRequest,
} from './fetch-request.js';
import { exchange } from './raw-broker.js';
import { readRecords } from './record-batch-decoder.js';

const FETCH_WAIT_MS = 100;
const NONE = 0;
const OFFSET_OUT_OF_RANGE = 1;

/** The leader does not hold the offset that was asked for. */
export class OffsetOutOfRangeError extends Error {
  override readonly name = 'OffsetOutOfRangeError';
}

export const isOutOfRange = (error: unknown): boolean => error instanceof OffsetOutOfRangeError;

/** One fetch of partitions that one broker leads, decoded by us: kafkajs takes two to three times as long for a message with 17 headers. */
export async function fetchFrom(
  cluster: Cluster,
  nodeId: string,
  request: FetchRequest,
): Promise<readonly FetchedPartition[]> {
  const broker = await cluster.findBroker({ nodeId });
  // What the broker throttles by it has waited for already, and kafkajs would wait for once more.
  const { errorCode, partitions } = await exchange(broker, FETCH, encodeFetchRequest(request), decodeFetchResponse);
  if (errorCode !== NONE) throw new Error(`a fetch from ${request.name} failed with the protocol's error ${errorCode}`);
  return partitions;
}

/** One fetch of one partition, of `bytesMax` as they are compressed, or one record batch. */
export async function fetchFromLeader(
  cluster: Cluster,
  { name, partition, at, bytesMax }: { name: string; partition: number; at: Offset; bytesMax: number },
): Promise<FetchedPartition> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(name, [partition]));
  if (nodeId === undefined) throw new Error(`${name}[${partition}] has no leader`);
  const limits = { bytesMax, partitionBytesMax: bytesMax, waitMs: FETCH_WAIT_MS };
  const [fetched] = await fetchFrom(cluster, nodeId, { name, partitions: [{ partition, at }], ...limits });
  if (fetched === undefined) throw new Error(`the leader of ${name}[${partition}] answered without it`);
  requireFetched(name, fetched);
  return fetched;
}

/** @throws OffsetOutOfRangeError, or an Error that asking again may mend, with the metadata refreshed */
export function requireFetched(name: string, { partition, errorCode }: FetchedPartition): void {
  if (errorCode === NONE) return;
  const what = `a fetch from ${name}[${partition}] failed with the protocol's error ${errorCode}`;
  throw errorCode === OFFSET_OUT_OF_RANGE ? new OffsetOutOfRangeError(what) : new Error(what);
}

/** What of a fetch counts from `at` on; `undefined` where it brought nothing. */
export async function pieceOf(
  place: TopicPartition,
  at: Offset,
  fetched: FetchedPartition,
): Promise<Piece | undefined> {
  const { next, messages } = await readRecords(place, at, fetched);
  return next <= at ? undefined : { next: offset(next), messages, end: offset(fetched.highWatermark) };
}
