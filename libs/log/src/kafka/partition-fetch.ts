import type { Cluster } from 'kafkajs';
import type { Offset } from '@logbook/contracts';
import type { FetchedMessage } from './stored-message.js';

const READ_COMMITTED = 1;
const FETCH_WAIT_MS = 100;
/** The key of the marker that ends an aborted transaction. Source: Kafka protocol guide, control records. */
const ABORT_MARKER_KEY = Buffer.from([0, 0, 0, 0]);

/** A message as a fetch response has it, with what kafkajs knows of its record batch. */
export interface FetchedRecord extends FetchedMessage {
  readonly isControlRecord?: boolean;
  readonly batchContext?: {
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
  };
}

/** What a leader answers: whole record batches, markers and aborted messages included, from the one that holds the offset. */
export interface FetchedPartition {
  readonly highWatermark: string;
  readonly messages: readonly FetchedRecord[];
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
}

/** One fetch, of `bytesMax` as they are compressed, or one record batch. */
export async function fetchFromLeader(
  cluster: Cluster,
  { name, partition, at, bytesMax }: { name: string; partition: number; at: Offset; bytesMax: number },
): Promise<FetchedPartition | undefined> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(name, [partition]));
  if (nodeId === undefined) throw new Error(`${name}[${partition}] has no leader`);
  const broker = await cluster.findBroker({ nodeId });
  const response = (await broker.fetch({
    isolationLevel: READ_COMMITTED,
    maxWaitTime: FETCH_WAIT_MS,
    minBytes: 1,
    maxBytes: bytesMax,
    topics: [{ topic: name, partitions: [{ partition, fetchOffset: String(at), maxBytes: bytesMax }] }],
  })) as { readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] };
  return response.responses[0]?.partitions[0];
}

export const isOutOfRange = (error: unknown): boolean =>
  error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange';

/** Without markers and without the messages of aborted transactions, of which the response tells where each begins. */
export function committed({ messages, abortedTransactions }: FetchedPartition): FetchedRecord[] {
  const begins = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborting = new Set<string>();
  return messages.filter((record) => {
    while (begins[0] !== undefined && Number(begins[0].firstOffset) <= Number(record.offset)) {
      aborting.add(begins[0].producerId);
      begins.shift();
    }
    const producerId = record.batchContext?.producerId ?? '';
    if (record.isControlRecord === true) {
      if (record.key?.equals(ABORT_MARKER_KEY) === true) aborting.delete(producerId);
      return false;
    }
    return !(record.batchContext?.inTransaction === true && aborting.has(producerId));
  });
}
