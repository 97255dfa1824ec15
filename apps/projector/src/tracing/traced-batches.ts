import { HEADERS, isSampled, isTraceparent, type StoredMessage } from '@logbook/contracts';
import type { Batch, BatchOutcome } from '@logbook/core';
import type { Span, SpanAttributes, Tracing } from '@logbook/observability';
import type { BatchWriter, Generation } from '@logbook/store';
import { headerOf } from '../header-of.js';
import type { Isolation } from '../isolation/isolation.js';

/** Of one batch, how many messages get spans: as many as OpenTelemetry lets a span have links. */
export const MESSAGES_TRACED_MAX = 128;

export interface TracedBatchesOptions {
  readonly tracing: Tracing;
  readonly generation: Pick<Generation, 'name'>;
}

/**
 * Spans for a batch that holds messages of sampled traces: one of the batch, linked with them, and in the trace of each message
 * one that says which row it became part of, by the message's id and place. A batch without such messages has none.
 */
export function tracedBatches(
  isolation: Pick<Isolation, 'apply'>,
  { tracing, generation }: TracedBatchesOptions,
): Pick<Isolation, 'apply'> {
  return {
    apply: async (batch) => {
      const traced = tracedMessages(batch);
      if (traced.length === 0) return isolation.apply(batch);
      const common = commonAttributes(batch, generation);
      const whole = tracing.begin(`project batch of ${batch.topic}`, {
        kind: 'CONSUMER',
        parent: undefined,
        links: traced.map(({ traceparent }) => traceparent),
        attributes: {
          ...common,
          'messaging.batch.message_count': batch.messages.length,
          'messaging.kafka.offset': Number(batch.from),
        },
      });
      const each = traced.map(({ message, traceparent }) =>
        tracing.begin(`project ${batch.topic}`, {
          kind: 'CONSUMER',
          parent: traceparent,
          links: [whole.traceparent],
          attributes: {
            ...common,
            'messaging.message.id': headerOf(message, HEADERS.id) ?? '',
            'messaging.kafka.offset': Number(message.offset),
          },
        }),
      );
      return ending([whole, ...each], () => tracing.within(whole, () => isolation.apply(batch)));
    },
  };
}

/**
 * From when a traced batch waits for its transaction, which it may share with others, until that is over: one span, unless
 * Postgres refused something and the batch was split.
 */
export function tracedWriter(
  writer: Pick<BatchWriter, 'apply' | 'probe'>,
  tracing: Tracing,
): Pick<BatchWriter, 'apply' | 'probe'> {
  return {
    probe: (...probed) => writer.probe(...probed),
    apply: (generation, batch) => {
      const span = tracing.child('commit rows', {
        kind: 'CLIENT',
        attributes: { 'db.system.name': 'postgresql', 'db.operation.batch.size': batch.messages.length },
      });
      const apply = (): Promise<BatchOutcome> => writer.apply(generation, batch);
      return span === undefined ? apply() : ending([span], apply);
    },
  };
}

async function ending(spans: readonly Span[], work: () => Promise<BatchOutcome>): Promise<BatchOutcome> {
  try {
    const outcome = await work();
    for (const span of spans) {
      span.set({ 'logbook.batch.outcome': outcome });
      span.end();
    }
    return outcome;
  } catch (error) {
    for (const span of spans) span.end(error);
    throw error;
  }
}

function commonAttributes({ topic, partition }: Batch, generation: TracedBatchesOptions['generation']): SpanAttributes {
  return {
    'messaging.system': 'logbook',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'project',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'logbook.generation': generation.name,
  };
}

function tracedMessages({ messages }: Batch): { readonly message: StoredMessage; readonly traceparent: string }[] {
  const traced = [];
  for (const message of messages) {
    const traceparent = headerOf(message, HEADERS.traceparent);
    if (traceparent === undefined || !isTraceparent(traceparent) || !isSampled(traceparent)) continue;
    if (traced.push({ message, traceparent }) === MESSAGES_TRACED_MAX) break;
  }
  return traced;
}
