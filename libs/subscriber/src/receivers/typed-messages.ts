import type { DeadLetter, MessageType, Topic } from '@logbook/contracts';
import { appendDeadLetter, type PartitionConsumer, type SubscriberMetrics } from '@logbook/core';
import type { DriverLogger } from '@logbook/log';
import type { CheckpointStore } from '../checkpoints/checkpoint-store.js';
import type { NewerTypes } from '../consuming/admit.js';
import { DeadLetters } from '../consuming/dead-letters.js';
import { Retries, type RetryOptions } from '../consuming/retries.js';
import { TypedConsumer } from '../consuming/typed.consumer.js';
import type { Start } from '../start.js';
import { matchHandlers } from './match-handlers.js';
import type { Membership, Receiver } from './receiver.js';

export interface TypedMessagesOptions {
  /** Where the group begins that has no position yet. */
  readonly start: Start;
  readonly checkpoints: CheckpointStore;
  /** Types that come with a topic that is consumed, and that this service leaves out. */
  readonly ignore?: readonly MessageType[];
  /** About a type that only a newer release knows. Default `HALT`: the service stops there until it is upgraded. */
  readonly newerTypes?: NewerTypes;
  /** How many keys of one partition are handled at once where nothing is rolled back; default 16. Each key keeps its order. */
  readonly keysConcurrentMax?: number;
  readonly retries?: RetryOptions;
  /** Where dead letters go; resolves once the letter is durable. Default the topic `dead-letters`. */
  readonly deadLetters?: (letter: DeadLetter) => Promise<void>;
  /** More handlers' failures than this within a minute halt the service instead; default 10. */
  readonly deadLettersPerMinuteMax?: number;
  readonly metrics?: SubscriberMetrics;
  readonly logger?: DriverLogger;
  /** Unix milliseconds; default the clock of the machine. */
  readonly now?: () => number;
}

const KEYS_CONCURRENT_MAX_DEFAULT = 16;
const DEAD_LETTERS_PER_MINUTE_MAX_DEFAULT = 10;

/**
 * Decoded messages for handlers declared with `@OnMessage` and `@OnMessages`, of every topic that one of them needs.
 * Starting fails unless every type of these topics has exactly one handler or is ignored.
 */
export function typedMessages(options: TypedMessagesOptions): Receiver {
  const keysMax = options.keysConcurrentMax ?? KEYS_CONCURRENT_MAX_DEFAULT;
  if (!Number.isInteger(keysMax) || keysMax < 1) {
    throw new RangeError(`keysConcurrentMax is ${keysMax}, not a whole number from 1`);
  }
  const retries = new Retries(options.retries);
  return {
    consumers: (handlers, membership) => {
      const letters = deadLettersOf(options, membership);
      return new Map(
        [...matchHandlers(handlers, options.ignore ?? [])].map(([topic, matched]): [Topic, PartitionConsumer] => [
          topic,
          new TypedConsumer({
            ...membership,
            matched,
            newerTypes: options.newerTypes ?? 'HALT',
            start: options.start,
            checkpoints: options.checkpoints,
            letters,
            retries,
            keysMax,
            metrics: options.metrics,
            logger: options.logger,
          }),
        ]),
      );
    },
  };
}

const deadLettersOf = (options: TypedMessagesOptions, { log, group }: Membership): DeadLetters =>
  new DeadLetters({
    group,
    publish: options.deadLetters ?? ((letter) => appendDeadLetter(log, letter)),
    perMinuteMax: options.deadLettersPerMinuteMax ?? DEAD_LETTERS_PER_MINUTE_MAX_DEFAULT,
    now: options.now ?? Date.now,
    onBuried: ({ message: { topic, partition, offset }, step, reason }) =>
      options.logger?.('error', 'a message was set aside as a dead letter', {
        group,
        topic,
        partition,
        offset,
        step,
        reason,
      }),
  });
