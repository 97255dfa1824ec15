import { BodyTurns } from './body-turns.js';

/** Begins the turns of bodies of these sizes, one after the other. */
function begun(turns: BodyTurns, ...sizes: readonly number[]) {
  return sizes.map((bytes) => {
    const turn = turns.turn();
    return { turn, waiting: turn.begin(bytes) };
  });
}
type Begun = ReturnType<typeof begun>;
const hasBegun = (all: Begun): boolean[] => all.map(({ turn }) => turn.hasBegun());

describe('the turns of bodies', () => {
  it('begin at once up to the bound; a byte more waits until there is room', async () => {
    const all = begun(new BodyTurns(100), 60, 40, 1);
    expect(hasBegun(all)).toEqual([true, true, false]);
    expect(all[0]?.waiting).toBeUndefined();
    all[1]?.turn.end();
    expect(await all[2]?.waiting).toBe('BEGUN');
  });

  it('come in order: a small one does not pass a large one that waits', () => {
    const all = begun(new BodyTurns(100), 60, 50, 10);
    expect(hasBegun(all)).toEqual([true, false, false]);
    all[0]?.turn.end();
    expect(hasBegun(all)).toEqual([false, true, true]);
  });

  it('let one that is larger than the bound go alone', () => {
    const turns = new BodyTurns(100);
    const all = begun(turns, 101, 0);
    expect(hasBegun(all)).toEqual([true, false]);
    all[0]?.turn.end();
    expect(hasBegun([...all, ...begun(turns, 100, 1)])).toEqual([false, true, true, false]);
  });

  it('make room once, however often they end', () => {
    const turns = new BodyTurns(100);
    const [first] = begun(turns, 50, 50) as [Begun[0], Begun[0]];
    first.turn.end();
    first.turn.end();
    expect(hasBegun(begun(turns, 50, 1))).toEqual([true, false]);
  });

  it('that end before they begin leave the queue, and who waited behind them comes up', async () => {
    const all = begun(new BodyTurns(100), 60, 50, 40);
    all[1]?.turn.end();
    expect(await all[1]?.waiting).toBe('LEFT');
    expect(hasBegun(all)).toEqual([true, false, true]);
  });
});
