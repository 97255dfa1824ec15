import { type EncodedMessage, HEADERS, type Topic } from '@logbook/contracts';
import type { Appender, AppendOutcome, Log } from '@logbook/core';
import type { SpanAttributes, Tracing } from '@logbook/observability';

/**
 * An appender whose appends are spans of the request under way, and whose messages carry the span as `traceparent`: so
 * whoever reads them continues the trace. Appends outside a request stay as they are.
 */
export const tracedAppender = (appender: Appender, tracing: Tracing): Appender => ({
  append: (topic, messages) =>
    traced({ tracing, topic, messages }, async (carrying) => {
      const appended = await appender.append(topic, carrying);
      return [appended, attributesOf(appended)];
    }),
});

/** What of the log requests are answered with. */
type RequestLog = Pick<Log, 'append' | 'ends' | 'partitionOf'>;

/** The same for what goes to the log without a spool behind it. */
export const tracedLog = (log: RequestLog, tracing: Tracing): RequestLog => ({
  ends: (topic) => log.ends(topic),
  partitionOf: (topic, key) => log.partitionOf(topic, key),
  append: (topic, messages) =>
    traced({ tracing, topic, messages: messages as readonly EncodedMessage[] }, async (carrying) => {
      const positions = await log.append(topic, carrying);
      return [positions, attributesOf({ outcome: 'APPENDED', positions })];
    }),
});

interface Append {
  readonly tracing: Tracing;
  readonly topic: Topic;
  readonly messages: readonly EncodedMessage[];
}

async function traced<T>(
  { tracing, topic, messages }: Append,
  append: (messages: readonly EncodedMessage[]) => Promise<[T, SpanAttributes]>,
): Promise<T> {
  const span = tracing.child(`append ${topic}`, {
    kind: 'PRODUCER',
    attributes: {
      'messaging.system': 'logbook',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'append',
      'messaging.destination.name': topic,
      ...(messages.length === 1
        ? { 'messaging.message.id': messages[0]?.headers[HEADERS.id] ?? '' }
        : { 'messaging.batch.message_count': messages.length }),
    },
  });
  if (span === undefined) return (await append(messages))[0];
  const { traceparent } = span;
  try {
    const carrying = messages.map((message) => ({
      ...message,
      headers: { ...message.headers, [HEADERS.traceparent]: traceparent },
    }));
    const [appended, attributes] = await append(carrying);
    span.set(attributes);
    span.end();
    return appended;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

function attributesOf(appended: AppendOutcome): SpanAttributes {
  const [position, ...others] = appended.outcome === 'APPENDED' ? appended.positions : [];
  return {
    'logbook.append.outcome': appended.outcome,
    ...(position !== undefined &&
      others.length === 0 && {
        'messaging.destination.partition.id': String(position.partition),
        'messaging.kafka.offset': Number(position.offset),
      }),
  };
}
