import type { Entry } from './admit.js';
import { segmentsOf } from './segments.js';

const single = { fate: 'HANDLE', handler: { form: 'SINGLE' } } as Entry;
const [one, other] = ['one', 'other'].map((name) => ({ form: 'BATCH', name }) as never);
const many = (handler: never): Entry => ({ fate: 'HANDLE', handler }) as unknown as Entry;
const poison = { fate: 'BURY' } as Entry;
const ignored = { fate: 'IGNORE' } as Entry;
const shape = (...entries: readonly Entry[]) => segmentsOf(entries).map(({ begin, end }) => [begin, end]);

describe('segmentsOf', () => {
  it('cuts wherever the next message is handled in another way, so that no order is lost', () => {
    expect(shape(single, single, many(one!), many(one!), many(other!), single)).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
      [5, 6],
    ]);
  });

  it('takes poison like a single message', () => {
    expect(shape(many(one!), poison, single)).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });

  it('does not cut at what is ignored', () => {
    expect(shape(ignored, many(one!), ignored, many(one!), ignored)).toEqual([[0, 5]]);
    expect(shape(ignored)).toEqual([[0, 1]]);
    expect(shape()).toEqual([]);
  });
});
