import type { Offset } from '@logbook/contracts';
import type { Batch, GroupPlace, PartitionConsumer } from '@logbook/core';
import type { DriverLogger } from '../driver-logger.js';
import { retryWhileAway } from './retry-while-away.js';
import { splitBatch } from './split-batch.js';
import { consumerFailed, partitionName } from './start-position.js';

/** `STOPPED`: the batch under way finished or its retries were given up; what follows it was not handed over. */
export type Delivery = 'CONSUMED' | 'STALE' | 'STOPPED';

export interface DeliverOptions {
  readonly fetched: Batch;
  readonly consumer: PartitionConsumer;
  readonly place: GroupPlace;
  readonly batchMessagesMax: number;
  readonly signal: AbortSignal;
  readonly logger: DriverLogger | undefined;
  /** The position moved: called after every batch the consumer made durable. */
  readonly moved: (next: Offset) => void;
}

/**
 * Hands what was fetched to the consumer, batch by batch, retrying while a dependency is away.
 * @throws ConsumptionHaltedError `CONSUMER_FAILED` for anything else the consumer rejects with.
 */
export async function deliverBatch(options: DeliverOptions): Promise<Delivery> {
  const { fetched, consumer, place, batchMessagesMax, signal, logger, moved } = options;
  const name = partitionName(fetched);
  const delivery = { ...place, signal };
  for (const batch of splitBatch(fetched, batchMessagesMax)) {
    const retried = await retryWhileAway(() => consumer.consume(batch, delivery), {
      what: `consuming ${name} from offset ${batch.from}`,
      signal,
      logger,
    }).catch((error: unknown) => {
      throw consumerFailed(name, error);
    });
    if (retried.outcome === 'STOPPED' || retried.value === 'INTERRUPTED') return 'STOPPED';
    if (retried.value === 'STALE') return 'STALE';
    moved(batch.next);
  }
  return 'CONSUMED';
}
