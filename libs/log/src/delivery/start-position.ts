import { isCompacted, messageSha256, type Offset, type StoredMessage, type TopicPartition } from '@logbook/contracts';
import { ConsumptionHaltedError, type GroupPlace, type PartitionConsumer, type StartPosition } from '@logbook/core';
import type { DriverLogger } from '../driver-logger.js';
import { retryWhileAway } from './retry-while-away.js';

export interface Bounds {
  /** The lowest offset the log still holds. */
  readonly start: Offset;
  /** The offset the next message will get. */
  readonly end: Offset;
}

/** What a driver lets a start position be checked against. */
export interface PartitionView {
  bounds(): Promise<Bounds>;
  read(offset: Offset): Promise<StoredMessage | undefined>;
}

export interface AgreeStartOptions {
  readonly partition: TopicPartition;
  readonly consumer: PartitionConsumer;
  readonly place: GroupPlace;
  readonly view: PartitionView;
  readonly signal: AbortSignal;
  readonly logger: DriverLogger | undefined;
}

/**
 * Asks the consumer where to start and makes sure that the log holds that place, so that no driver can
 * silently begin elsewhere. Also done where no message waits: a checkpoint past the end must not go unnoticed
 * until the log has grown past it.
 * @throws ConsumptionHaltedError `CHECKPOINT_NOT_IN_LOG`, `LAST_MESSAGE_DIFFERS`, or `CONSUMER_FAILED`.
 */
export async function agreeStart(options: AgreeStartOptions): Promise<Offset | 'STOPPED'> {
  const { partition, consumer, place, view, signal, logger } = options;
  const name = partitionName(partition);
  const asked = await retryWhileAway(() => consumer.assigned(partition, { ...place, signal }), {
    what: `asking where to start in ${name}`,
    signal,
    logger,
  }).catch((error: unknown) => {
    throw consumerFailed(name, error);
  });
  if (asked.outcome === 'STOPPED') return 'STOPPED';
  const checked = await retryWhileAway(() => checkStart(partition, asked.value, view), {
    what: `checking where to start in ${name}`,
    signal,
    logger,
  });
  return checked.outcome === 'STOPPED' ? 'STOPPED' : asked.value.next;
}

/** A rebuild is no remedy: what is left of the log gives other rows than those that readers have seen. */
const REMEDY =
  'Nothing was changed. Connect to the right log or restore this one; to fold this log as it is, use an empty database.';

async function checkStart(
  partition: TopicPartition,
  { next, last }: StartPosition,
  view: PartitionView,
): Promise<void> {
  const name = partitionName(partition);
  // The bounds are read after the checkpoint: ends only grow, so a checkpoint past them is past them for good.
  const bounds = await view.bounds();
  if (next < bounds.start || next > bounds.end) {
    throw notInLog(`the checkpoint of ${name} is offset ${next}, but the log holds ${bounds.start} to ${bounds.end}`);
  }
  if (last === undefined) return;
  if (last.offset >= next)
    throw notInLog(`the checkpoint of ${name} names offset ${last.offset} as consumed, but ${next} as next`);
  const message = last.offset < bounds.start ? undefined : await view.read(last.offset);
  // A later message of its key may have let it go.
  if (message === undefined && isCompacted(partition.topic)) return;
  if (message === undefined)
    throw notInLog(`the log holds no message at ${name} offset ${last.offset}, the last one consumed`);
  if (!messageSha256(message).equals(last.sha256)) {
    throw new ConsumptionHaltedError(
      'LAST_MESSAGE_DIFFERS',
      `the message at ${name} offset ${last.offset} is not the one that was consumed: the topic was recreated, ` +
        `or the checkpoint belongs to another log. ${REMEDY}`,
    );
  }
}

/** Halts for what retrying cannot mend: the log does not hold a checkpoint, or what a scan asks for. */
export function notInLog(what: string): ConsumptionHaltedError {
  return new ConsumptionHaltedError(
    'CHECKPOINT_NOT_IN_LOG',
    `${what}: the log was truncated or recreated, or the checkpoint belongs to another log. ` + REMEDY,
  );
}

export function consumerFailed(name: string, error: unknown): ConsumptionHaltedError {
  if (error instanceof ConsumptionHaltedError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ConsumptionHaltedError('CONSUMER_FAILED', `the consumer of ${name} failed: ${reason}`, { cause: error });
}

export const partitionName = ({ topic, partition }: TopicPartition): string => `${topic}[${partition}]`;
