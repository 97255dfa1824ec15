import { LogUnavailableError } from '@logbook/core';
import { SharedDeadline } from './deadline.js';

describe('SharedDeadline', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());
  const deadline = (): SharedDeadline => new SharedDeadline(100, 'the work');

  it('passes on how work ends, and then waits for nothing', async () => {
    const shared = deadline();
    await expect(shared.within(Promise.resolve(1))).resolves.toBe(1);
    await expect(shared.within(Promise.reject(new TypeError('broken')))).rejects.toThrow(TypeError);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('rejects for work that takes longer, says how long it was given, and ignores its end', async () => {
    let finish = (): void => undefined;
    const work = new Promise<void>((resolve) => (finish = resolve));
    const waiting = expect(deadline().within(work)).rejects.toThrow(
      new LogUnavailableError('the work took longer than 100 ms'),
    );
    jest.advanceTimersByTime(100);
    await waiting;
    finish();
  });
});
