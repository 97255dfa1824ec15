import { eventually, NeverHappenedError } from './wait.js';

describe('eventually', () => {
  const quick = { timeoutMs: 60, intervalMs: 5, what: 'the light' };

  it('gives what the check gave once it is not false', async () => {
    let looks = 0;
    await expect(eventually(() => (looks += 1) > 2 && looks, quick)).resolves.toBe(3);
  });

  it('takes a throw for not yet', async () => {
    let looks = 0;
    await eventually(() => expect((looks += 1)).toBe(3), quick);
    expect(looks).toBe(3);
  });

  it('past the deadline says what it waited for and what it saw last, with its cause', async () => {
    const dark = new Error('dark');
    const waiting = eventually(() => Promise.reject(dark), quick);
    await expect(waiting).rejects.toThrow('waited 60 ms for the light; last seen: dark');
    await expect(waiting).rejects.toMatchObject({ cause: dark });
    await expect(eventually(() => false, quick)).rejects.toThrow(NeverHappenedError);
  });

  it('does not hang with a check that does', async () => {
    const hanging = eventually(() => new Promise(() => undefined), quick);
    await expect(hanging).rejects.toThrow('last seen: the check did not come back');
  });

  it('never lets two checks overlap', async () => {
    let under = 0;
    let most = 0;
    let looks = 0;
    await eventually(
      async () => {
        under += 1;
        most = Math.max(most, under);
        await new Promise(setImmediate);
        under -= 1;
        return (looks += 1) > 3;
        // Nothing here depends on the deadline, and a busy machine can take longer than the others' 60 ms.
      },
      { ...quick, timeoutMs: 10_000 },
    );
    expect(most).toBe(1);
  });
});
