import type { Topic } from '@logbook/contracts';
import { type ArgumentsHost, applyDecorators, Catch, type RpcExceptionFilter, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';

/**
 * Nest's own filter turns every error into "Internal server error". The transport must see the error itself:
 * whether it is retried or halts the consumption depends on what it is.
 */
@Catch()
export class ErrorsReachTheTransport implements RpcExceptionFilter<unknown> {
  catch(exception: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => exception);
  }
}

/** The pattern under which the handler of a topic's batches is registered. */
export const batchPattern = (topic: Topic): string => `batch:${topic}`;

/**
 * Marks the method that takes the batches of one topic: `(batch: Batch) => Promise<BatchOutcome>`.
 * It resolves with `CONSUMED` once the effects and the checkpoint are durable, or `STALE` when another owner moved
 * the checkpoint and nothing was written. A `DependencyUnavailableError` is retried; any other error halts.
 */
export const BatchHandler = (topic: Topic): MethodDecorator =>
  applyDecorators(EventPattern(batchPattern(topic)) as MethodDecorator, UseFilters(ErrorsReachTheTransport));
