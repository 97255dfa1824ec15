import { inKeyOrder } from './in-key-order.js';

const keyOf = (item: string): string => item.slice(0, 1);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('inKeyOrder', () => {
  it.each([1, 2, 3])('keeps the order of each key and works on %i keys at once, no more', async (keysMax) => {
    const done: string[] = [];
    const busy = new Set<string>();
    let most = 0;
    await inKeyOrder(['a1', 'b1', 'a2', 'c1', 'b2', 'a3', 'd1'], { keyOf, keysMax }, async (item) => {
      expect(busy.has(keyOf(item))).toBe(false);
      busy.add(keyOf(item));
      most = Math.max(most, busy.size);
      await turn();
      busy.delete(keyOf(item));
      done.push(item);
      return 'GO_ON';
    });
    expect(most).toBe(keysMax);
    for (const key of ['a', 'b', 'c', 'd']) {
      const ofKey = done.filter((item) => keyOf(item) === key);
      expect(ofKey).toEqual([...ofKey].sort());
    }
    expect(done).toHaveLength(7);
  });

  it('does nothing more of a key that is to stop, and goes on with the others', async () => {
    const done: string[] = [];
    await inKeyOrder(['a1', 'a2', 'b1', 'b2'], { keyOf, keysMax: 1 }, async (item) => {
      done.push(item);
      return item === 'a1' ? 'STOP' : 'GO_ON';
    });
    expect(done).toEqual(['a1', 'b1', 'b2']);
  });

  it('lets what is under way finish before it rejects, and begins nothing after a failure', async () => {
    const done: string[] = [];
    const work = async (item: string): Promise<'GO_ON'> => {
      if (item === 'a1') throw new Error('failed');
      await turn();
      done.push(item);
      return 'GO_ON';
    };
    await expect(inKeyOrder(['a1', 'a2', 'b1', 'b2'], { keyOf, keysMax: 2 }, work)).rejects.toThrow('failed');
    expect(done).toEqual(['b1']);
  });
});
