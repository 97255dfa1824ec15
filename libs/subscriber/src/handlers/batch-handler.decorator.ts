import type { Topic } from '@logbook/contracts';
import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ErrorsReachTheTransport } from './errors-reach-the-transport.js';

/** The pattern under which the handler of a topic's batches is registered. */
export const batchPattern = (topic: Topic): string => `batch:${topic}`;

/**
 * Marks the method that takes the batches of one topic as they lie in the log, and moves its checkpoint itself:
 * `(batch: Batch) => Promise<BatchOutcome>`. It resolves with `CONSUMED` once the effects and the checkpoint are durable,
 * or `STALE` when another owner moved the checkpoint and nothing was written. A `DependencyUnavailableError` is
 * retried; any other error halts. Taken by the receiver `topicBatches`.
 */
export const BatchHandler = (topic: Topic): MethodDecorator =>
  applyDecorators(EventPattern(batchPattern(topic)) as MethodDecorator, UseFilters(ErrorsReachTheTransport));
