import { Timeouts } from './timeouts.js';

describe('Timeouts', () => {
  let ranOut: string[];
  let timeouts: Timeouts<string>;
  beforeEach(() => {
    jest.useFakeTimers();
    ranOut = [];
    timeouts = new Timeouts(100, (wait) => ranOut.push(wait));
  });
  afterEach(() => jest.useRealTimers());

  it('tell of a wait when its time is up, and not a millisecond sooner', () => {
    timeouts.begin('a');
    jest.advanceTimersByTime(98);
    timeouts.begin('b');
    jest.advanceTimersByTime(1);
    expect(ranOut).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(ranOut).toEqual(['a']);
    jest.advanceTimersByTime(97);
    expect(ranOut).toEqual(['a']);
    jest.advanceTimersByTime(1);
    expect(ranOut).toEqual(['a', 'b']);
  });

  it('say nothing of one that has ended, and what comes behind it keeps its own time', () => {
    timeouts.begin('ends');
    jest.advanceTimersByTime(50);
    timeouts.begin('stays');
    timeouts.end('ends');
    timeouts.end('ends');
    jest.advanceTimersByTime(99);
    expect(ranOut).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(ranOut).toEqual(['stays']);
  });

  it('hold one timer however many wait, and none once nobody does', () => {
    for (const wait of ['a', 'b', 'c']) timeouts.begin(wait);
    expect(jest.getTimerCount()).toBe(1);
    for (const wait of ['a', 'b', 'c']) timeouts.end(wait);
    expect(jest.getTimerCount()).toBe(0);
    timeouts.begin('d');
    jest.advanceTimersByTime(100);
    expect(ranOut).toEqual(['d']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('may be begun and ended by whoever is told', () => {
    const again = new Timeouts<number>(100, (count) => {
      ranOut.push(String(count));
      again.end(count + 1);
      if (count < 5) again.begin(count + 2);
    });
    again.begin(1);
    again.begin(2);
    jest.advanceTimersByTime(300);
    expect(ranOut).toEqual(['1', '3', '5']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
