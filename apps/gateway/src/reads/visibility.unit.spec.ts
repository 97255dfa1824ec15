import { offset, type Offset, type Position } from '@logbook/contracts';
import { type CheckpointWaiter, Visibility } from './visibility.js';

type Reached = Awaited<ReturnType<CheckpointWaiter['reached']>>;

/** A visibility over a log with one partition that ends at `end`, and a watch that answers `reached`. */
function over(options: { end: () => Promise<Offset[]>; reached?: Reached }) {
  const waited: Position[] = [];
  const log = { partitionOf: () => 0, ends: jest.fn(options.end) };
  const visibility = new Visibility({
    log,
    checkpoints: {
      reached: (position) => {
        waited.push(position);
        return Promise.resolve(options.reached ?? 'REACHED');
      },
    },
    waitMs: 10,
  });
  return { visibility, waited, log };
}

const endAt = (end: number) => () => Promise.resolve([offset(end)]);
const ready = (value: unknown) => ({ state: 'READY', generation: 'gen_1', value }) as never;

describe('Visibility.find', () => {
  it('shows a row that is there without asking the log', async () => {
    const { visibility, log } = over({ end: endAt(5) });
    await expect(visibility.find('k', () => Promise.resolve(ready('row')))).resolves.toEqual({
      outcome: 'FOUND',
      value: 'row',
    });
    expect(log.ends).not.toHaveBeenCalled();
  });

  it('finds a row that appears once the projection has passed the end of the partition', async () => {
    const { visibility, waited } = over({ end: endAt(5) });
    const answers = [ready(null), ready('row')];
    await expect(visibility.find('k', () => Promise.resolve(answers.shift() as never))).resolves.toEqual({
      outcome: 'FOUND',
      value: 'row',
    });
    expect(waited).toEqual([{ topic: 'commands', partition: 0, offset: 4 }]);
  });

  it('states absence only after the projection has passed the end', async () => {
    const { visibility, waited } = over({ end: endAt(1) });
    await expect(visibility.find('k', () => Promise.resolve(ready(null)))).resolves.toEqual({ outcome: 'ABSENT' });
    expect(waited).toHaveLength(1);
  });

  it('states absence at once where the partition is empty', async () => {
    const { visibility, waited } = over({ end: endAt(0) });
    await expect(visibility.find('k', () => Promise.resolve(ready(null)))).resolves.toEqual({ outcome: 'ABSENT' });
    expect(waited).toEqual([]);
  });

  it.each(['TIMED_OUT', 'NOT_READY'] as const)('does not state absence when waiting ends %s', async (reached) => {
    const { visibility } = over({ end: endAt(1), reached });
    await expect(visibility.find('k', () => Promise.resolve(ready(null)))).resolves.toMatchObject({
      outcome: 'UNAVAILABLE',
    });
  });

  it('does not show rows of a generation that is not ready', async () => {
    const { visibility } = over({ end: endAt(0) });
    await expect(
      visibility.find('k', () => Promise.resolve({ state: 'NOT_READY', reason: 'behind' } as never)),
    ).resolves.toMatchObject({ outcome: 'UNAVAILABLE' });
  });

  it('shares one question for the ends between look-ups, but never one asked before a look-up began', async () => {
    const pending: ((ends: Offset[]) => void)[] = [];
    const { visibility, log } = over({ end: () => new Promise((resolve) => pending.push(resolve)) });
    const absent = () => Promise.resolve(ready(null));
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    const first = visibility.find('a', absent);
    await settled();
    const later = [visibility.find('b', absent), visibility.find('c', absent)];
    await settled();
    expect(log.ends).toHaveBeenCalledTimes(1);
    pending.shift()?.([offset(0)]);
    await first;
    await settled();
    expect(log.ends).toHaveBeenCalledTimes(2);
    pending.shift()?.([offset(0)]);
    await Promise.all(later);
    expect(log.ends).toHaveBeenCalledTimes(2);
  });
});
