import { BodyBudget } from './body-budget.js';

describe('the budget of bodies', () => {
  it('gives up to its bound, to all shares together, and not a byte more', () => {
    const budget = new BodyBudget(100);
    const [one, other] = [budget.share(), budget.share()];
    expect([one.take(60), other.take(40), other.take(1), one.take(1)]).toEqual([true, true, false, false]);
  });

  it('has room again for what was released, once', () => {
    const budget = new BodyBudget(100);
    const [one, other] = [budget.share(), budget.share()];
    one.take(60);
    one.take(40);
    one.release();
    one.release();
    expect([other.take(100), budget.share().take(1)]).toEqual([true, false]);
  });

  it('gives nothing to a request that is over', () => {
    const budget = new BodyBudget(100);
    const share = budget.share();
    share.release();
    expect(share.take(1)).toBe(false);
    expect(budget.share().take(100)).toBe(true);
  });
});
