import { offset, type DeadLetter, type StoredMessage } from '@logbook/contracts';
import { DeadLetters } from './dead-letters.js';

const message = {
  topic: 'events',
  partition: 1,
  offset: offset(7),
  key: null,
  headers: {},
  value: null,
} as StoredMessage;

function lettersOf(perMinuteMax: number) {
  const published: DeadLetter[] = [];
  const clock = { nowMs: 1_000_000 };
  const letters = new DeadLetters({
    group: 'g',
    perMinuteMax,
    now: () => clock.nowMs,
    publish: async (letter) => void published.push(letter),
    onBuried: () => undefined,
  });
  return { letters, published, clock };
}

describe('DeadLetters', () => {
  it('takes as many failures within a minute as allowed, and halts at the next without setting it aside', async () => {
    const { letters, published } = lettersOf(2);
    await letters.failed(message, new Error('one'));
    await letters.failed(message, new Error('two'));
    await expect(letters.failed(message, new Error('three'))).rejects.toMatchObject({
      reason: 'CONSUMER_FAILED',
      message: expect.stringContaining('events[1] offset 7: Error: three'),
    });
    expect(published.map(({ reason }) => reason)).toEqual(['Error: one', 'Error: two']);
  });

  it.each([
    [59_999, 'rejects'],
    [60_000, 'resolves'],
  ] as const)('after %i ms a further failure %s', async (laterMs, how) => {
    const { letters, clock } = lettersOf(1);
    await letters.failed(message, new Error('one'));
    clock.nowMs += laterMs;
    await (how === 'rejects'
      ? expect(letters.failed(message, new Error('two'))).rejects.toThrow()
      : expect(letters.failed(message, new Error('two'))).resolves.toBeUndefined());
  });

  it('counts no message that cannot be decoded: that is no fault of a handler', async () => {
    const { letters, published } = lettersOf(1);
    for (let count = 0; count < 5; count += 1) await letters.undecodable(message, 'poison');
    await letters.failed(message, new Error('one'));
    expect(published).toHaveLength(6);
  });

  it.each([
    [505, 505 + 'Error: '.length],
    [506, 512],
  ])('bounds a reason of %i characters', async (length, expected) => {
    const { letters, published } = lettersOf(1);
    await letters.failed(message, new Error('x'.repeat(length)));
    expect(published[0]?.reason).toHaveLength(expected);
  });
});
