import type { Topic, TopicPartition } from '@logbook/contracts';
import type { BatchOutcome, PartitionConsumer, StartPosition } from '@logbook/core';
import type { MessageHandler } from '@nestjs/microservices';
import { batchPattern } from '../handlers/batch-handler.decorator.js';
import { callHandler } from '../handlers/call-handler.js';
import { refuseIfAny, type Receiver } from './receiver.js';

/** Where a service keeps its positions. They move with its effects, so only its handlers can move them. */
export interface CheckpointSource {
  /** Where to begin in a partition that was just assigned. */
  startPosition(partition: TopicPartition): Promise<StartPosition>;
  /** The partition is another's now. A batch under way may still be handled. */
  revoked?(partition: TopicPartition): void;
}

export interface TopicBatchesOptions {
  readonly topics: readonly Topic[];
  readonly checkpoints: CheckpointSource;
}

/** Batches as they lie in the log, for handlers that decode and keep positions themselves: exactly one `@BatchHandler` a topic. */
export const topicBatches = ({ topics, checkpoints }: TopicBatchesOptions): Receiver => ({
  consumers: (handlers) =>
    new Map(
      [...handlersByTopic(topics, handlers)].map(([topic, handler]): [Topic, PartitionConsumer] => [
        topic,
        {
          assigned: (partition) => checkpoints.startPosition(partition),
          revoked: (partition) => checkpoints.revoked?.(partition),
          consume: (batch) => callHandler(handler, batch) as Promise<BatchOutcome>,
        },
      ]),
    ),
});

function handlersByTopic(
  topics: readonly Topic[],
  registered: ReadonlyMap<string, MessageHandler>,
): Map<Topic, MessageHandler> {
  const byPattern = new Map(topics.map((topic) => [batchPattern(topic), topic]));
  const problems: string[] = [];
  const handlers = new Map<Topic, MessageHandler>();
  for (const [pattern, handler] of registered) {
    const topic = byPattern.get(pattern);
    if (topic === undefined) problems.push(`a handler for ${pattern}, which is not consumed here`);
    else if (handler.next !== undefined) problems.push(`more than one handler for ${pattern}`);
    else handlers.set(topic, handler);
  }
  for (const [pattern, topic] of byPattern) {
    if (!handlers.has(topic) && !registered.has(pattern)) problems.push(`no handler for ${pattern}`);
  }
  refuseIfAny(problems);
  return handlers;
}
