import { gatheringWaitMs } from './gathering.js';

describe('gatheringWaitMs', () => {
  it('ends at moments that are the same for all, however far apart they asked', () => {
    const moments = [1_001, 1_010, 1_019, 1_020].map((askedAt) => askedAt + gatheringWaitMs(40, askedAt, askedAt));
    expect(moments).toEqual([1_040, 1_040, 1_040, 1_040]);
  });

  it('lasts from half of what is gathered for to one and a half times as long', () => {
    expect(gatheringWaitMs(40, 1_020, 1_020)).toBe(20);
    expect(gatheringWaitMs(40, 1_021, 1_021)).toBe(59);
  });

  it('counts from when the log was asked, and is over where the answer took longer', () => {
    expect(gatheringWaitMs(40, 1_000, 1_007)).toBe(33);
    expect(gatheringWaitMs(40, 1_000, 1_250)).toBeLessThanOrEqual(0);
  });

  it('is nothing where nothing is gathered', () => {
    expect(gatheringWaitMs(0, 1_000, 1_000)).toBe(0);
  });
});
