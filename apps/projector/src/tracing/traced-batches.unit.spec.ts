import type { StoredMessage } from '@logbook/contracts';
import type { Batch, BatchOutcome } from '@logbook/core';
import type { SpanOptions, Tracing } from '@logbook/observability';
import { MESSAGES_TRACED_MAX, tracedBatches } from './traced-batches.js';

interface Begun {
  readonly name: string;
  readonly options: SpanOptions & { readonly parent: string | undefined };
  ended?: unknown;
}

/** Keeps what was begun, and how it ended. */
function recording(): { readonly tracing: Tracing; readonly begun: Begun[] } {
  const begun: Begun[] = [];
  const tracing: Tracing = {
    begin: (name, options) => {
      const span: Begun = { name, options };
      begun.push(span);
      return {
        traceparent: traceparent(999),
        set: () => undefined,
        end: (failure) => (span.ended = failure ?? 'WELL'),
      };
    },
    child: () => undefined,
    within: (_span, work) => work(),
    close: () => Promise.resolve(),
  };
  return { tracing, begun };
}

const traceparent = (number: number, flags = '01'): string =>
  `00-${String(number + 1).padStart(32, '0')}-${String(number + 1).padStart(16, '0')}-${flags}`;

const batchOf = (traceparents: readonly (string | string[] | undefined)[]): Batch => {
  const messages = traceparents.map(
    (header, at) =>
      ({ offset: at, headers: { ce_id: Buffer.from(`id-${at}`), traceparent: header } }) as unknown as StoredMessage,
  );
  return {
    topic: 'events',
    partition: 3,
    from: 0,
    next: messages.length,
    end: messages.length,
    messages,
  } as unknown as Batch;
};

describe('tracedBatches', () => {
  const apply = async (batch: Batch, outcome: () => Promise<BatchOutcome> = () => Promise.resolve('CONSUMED')) => {
    const { tracing, begun } = recording();
    const result = await tracedBatches({ apply: outcome }, { tracing, generation: { name: 'gen_1' } })
      .apply(batch)
      .catch((error: unknown) => error);
    return { begun, result };
  };

  it('begins a span for the batch, and one in the trace of each message of a kept trace', async () => {
    const { begun, result } = await apply(batchOf([traceparent(0), undefined, traceparent(2)]));
    expect(result).toBe('CONSUMED');
    expect(begun.map(({ name, options }) => [name, options.parent, options.links])).toEqual([
      ['project batch of events', undefined, [traceparent(0), traceparent(2)]],
      ['project events', traceparent(0), [traceparent(999)]],
      ['project events', traceparent(2), [traceparent(999)]],
    ]);
    expect(begun[2]?.options.attributes).toMatchObject({ 'messaging.message.id': 'id-2', 'messaging.kafka.offset': 2 });
    expect(begun.map(({ ended }) => ended)).toEqual(['WELL', 'WELL', 'WELL']);
  });

  it('begins none for a batch without a kept trace, also where a header is repeated or names none', async () => {
    const { begun, result } = await apply(
      batchOf([undefined, traceparent(1, '00'), 'x', [traceparent(3), traceparent(3)]]),
    );
    expect([begun, result]).toEqual([[], 'CONSUMED']);
  });

  it.each([
    [MESSAGES_TRACED_MAX, MESSAGES_TRACED_MAX],
    [MESSAGES_TRACED_MAX + 1, MESSAGES_TRACED_MAX],
  ])('of %d messages it traces %d', async (messages, traced) => {
    const { begun } = await apply(batchOf(Array.from({ length: messages }, (_, number) => traceparent(number))));
    expect(begun).toHaveLength(1 + traced);
    expect(begun[0]?.options.links).toHaveLength(traced);
  });

  it('ends every span with what the batch failed for', async () => {
    const failure = new Error('away');
    const { begun, result } = await apply(batchOf([traceparent(0)]), () => Promise.reject(failure));
    expect(result).toBe(failure);
    expect(begun.map(({ ended }) => ended)).toEqual([failure, failure]);
  });
});
