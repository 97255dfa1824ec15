import type { StoredMessage } from '@logbook/contracts';
import { MessageTooLargeError, type Batch } from '@logbook/core';
import { Metrics } from '@logbook/observability';
import { DeadLetterPublisher } from './dead-letter-publisher.js';

describe('DeadLetterPublisher', () => {
  const batch: Batch = {
    ...({ topic: 'events', partition: 0, from: 0, next: 1, end: 1 } as Batch),
    messages: [
      {
        topic: 'events',
        partition: 0,
        offset: 0,
        key: Buffer.from('k'),
        headers: { big: 'x' },
        value: null,
      } as unknown as StoredMessage,
    ],
  };
  const row = {
    topic: 'events',
    partition: 0,
    offset: 0,
    key: null,
    sha256: Buffer.alloc(32),
    reason: 'r',
    step: 'decode',
    recordedAtMs: null,
  };
  const publisher = (append: (topic: string, messages: readonly { readonly headers: object }[]) => Promise<never[]>) =>
    new DeadLetterPublisher({ log: { append }, metrics: new Metrics({ defaults: false }) });

  it('falls back to the position alone where key and headers are too large as well', async () => {
    const headers: object[] = [];
    await publisher((_, [message]) => {
      headers.push(message?.headers ?? {});
      return headers.length < 3 ? Promise.reject(new MessageTooLargeError('too large')) : Promise.resolve([]);
    }).publish([row], batch);
    expect(headers.map((each) => 'big' in each)).toEqual([true, true, false]);
  });

  it('passes on that the log is away, and tries no smaller letter', async () => {
    const append = jest.fn(() => Promise.reject<never[]>(new Error('away')));
    await expect(publisher(append).publish([row], batch)).rejects.toThrow('away');
    expect(append).toHaveBeenCalledTimes(1);
  });
});
