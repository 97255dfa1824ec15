import { offset, type StoredMessage } from '@logbook/contracts';
import { cutBatch, halves } from './batch-pieces.js';
import type { Batch } from './log.port.js';

const message = (at: number): StoredMessage => ({
  topic: 'events',
  partition: 0,
  offset: offset(at),
  key: null,
  headers: {},
  value: null,
});
/** A fetch from 3 to 20 of messages at these offsets. */
const batch = (...offsets: readonly number[]): Batch => ({
  topic: 'events',
  partition: 0,
  from: offset(3),
  next: offset(20),
  end: offset(40),
  messages: offsets.map(message),
});
const shape = ({ from, next, messages }: Batch) => [from, next, messages.map((each) => Number(each.offset))];

describe('halves', () => {
  it.each([
    [
      [4, 5],
      [3, 5, [4]],
      [5, 20, [5]],
    ],
    [
      [4, 9, 15],
      [3, 10, [4, 9]],
      [10, 20, [15]],
    ],
    [
      [3, 4, 5, 19],
      [3, 5, [3, 4]],
      [5, 20, [5, 19]],
    ],
  ])('of %j join without a gap, past the holes of the log, and end where the fetch did', (offsets, first, second) => {
    expect(halves(batch(...offsets)).map(shape)).toEqual([first, second]);
  });

  it('does not cut a message in two', () => {
    expect(() => halves(batch(4))).toThrow('a batch of one has no halves');
  });
});

describe('cutBatch', () => {
  it('cuts out one message, and leaves out pieces without any', () => {
    const whole = batch(4, 9, 15);
    expect(cutBatch(whole, [1, 2]).map(shape)).toEqual([
      [3, 5, [4]],
      [5, 10, [9]],
      [10, 20, [15]],
    ]);
    expect(cutBatch(whole, [0, 1]).map(shape)).toEqual([
      [3, 5, [4]],
      [5, 20, [9, 15]],
    ]);
    expect(cutBatch(whole, [2, 3]).map(shape)).toEqual([
      [3, 10, [4, 9]],
      [10, 20, [15]],
    ]);
    expect(cutBatch(whole, []).map(shape)).toEqual([shape(whole)]);
  });
});
