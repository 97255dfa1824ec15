import { together } from './together.js';

describe('together', () => {
  it('gives the results in the order in which they were sent', async () => {
    await expect(together([Promise.resolve(1), Promise.resolve('two')])).resolves.toEqual([1, 'two']);
  });

  it('rejects with the failure of what was sent first, whichever is told first, once nothing is under way', async () => {
    const told: string[] = [];
    const failing = async (name: string, turns: number): Promise<never> => {
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      told.push(name);
      throw new Error(name);
    };
    const sent = together([Promise.resolve('sound'), failing('refused', 9), failing('aborted', 1)]);
    await expect(sent).rejects.toThrow('refused');
    expect(told).toEqual(['aborted', 'refused']);
  });
});
