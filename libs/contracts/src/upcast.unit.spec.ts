import { upcast, type Upcaster } from './upcast.js';

/** A made-up type: its first version had one name, its second split it, its third counts. */
const toSecond: Upcaster = (data) => {
  const [first, last] = (data as { name: string }).name.split(' ');
  return { type: 'test.v2', data: { first, last } };
};
const toThird: Upcaster = (data) => ({ type: 'test.v3', data: { ...(data as object), visits: 0 } });
const chain = new Map([
  ['test.v1', toSecond],
  ['test.v2', toThird],
]);
const third = { type: 'test.v3', data: { first: 'Ada', last: 'L', visits: 0 } };

describe('upcast', () => {
  it('carries the oldest version through every later one', () => {
    expect(upcast({ type: 'test.v1', data: { name: 'Ada L' } }, chain)).toEqual(third);
  });

  it('enters the chain at the version it is given', () => {
    expect(upcast({ type: 'test.v2', data: { first: 'Ada', last: 'L' } }, chain)).toEqual(third);
  });

  it('returns the newest version, and a type that it does not know, as they are', () => {
    expect(upcast(third, chain)).toBe(third);
    const other = { type: 'other.v1', data: null };
    expect(upcast(other, chain)).toBe(other);
  });

  it('ends with an error that names the type where upcasters form a cycle', () => {
    const cycle = new Map<string, Upcaster>([
      ['a.v1', (data) => ({ type: 'a.v2', data })],
      ['a.v2', (data) => ({ type: 'a.v1', data })],
    ]);
    expect(() => upcast({ type: 'a.v1', data: {} }, cycle)).toThrow('the upcasters of a.v1 form a cycle');
    const self = new Map<string, Upcaster>([['a.v1', (data) => ({ type: 'a.v1', data })]]);
    expect(() => upcast({ type: 'a.v1', data: {} }, self)).toThrow('the upcasters of a.v1 form a cycle');
  });
});
