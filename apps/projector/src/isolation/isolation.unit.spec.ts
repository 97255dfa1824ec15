import { messageSha256, offset, type StoredMessage } from '@logbook/contracts';
import { LogUnavailableError, SkipList, skipKeyOf, type Batch } from '@logbook/core';
import { Isolation, type IsolationOptions, type SkipControl } from './isolation.js';

const message: StoredMessage = {
  topic: 'events',
  partition: 0,
  offset: offset(7),
  key: Buffer.from('acme/s'),
  headers: {},
  value: Buffer.from('{}'),
};
const batch: Batch = {
  topic: 'events',
  partition: 0,
  from: offset(7),
  next: offset(8),
  end: offset(8),
  messages: [message],
};
const refused = Object.assign(new Error('check'), { code: '23514' });

/** A log and a Postgres that refuses the message unless it is skipped; `steps` is the order in which they were asked. */
function scene(change: { readonly control?: Partial<SkipControl>; readonly apply?: () => Promise<'CONSUMED'> } = {}) {
  const steps: string[] = [];
  const skips = new SkipList();
  const skip = (reason: string): void =>
    skips.add({
      type: 'com.logbook.message.skipped.v1',
      id: 's',
      timeMs: 0,
      source: 'test',
      topic: 'events',
      key: skipKeyOf(message),
      sha256: messageSha256(message).toString('hex'),
      reason,
    });
  const control: SkipControl = {
    skips,
    catchUp: async () => void steps.push('catch up'),
    skip: async (_, reason) => {
      steps.push('skip');
      skip(reason);
    },
    ...change.control,
  };
  const options: IsolationOptions = {
    generation: { name: 'gen_1', foldVersion: 1 },
    writer: {
      apply:
        change.apply ??
        (async () => {
          const isSkipped = skips.reasonOf('events', message) !== undefined;
          steps.push(isSkipped ? 'commit' : 'refuse');
          if (!isSkipped) throw refused;
          return 'CONSUMED';
        }),
      probe: async () => {
        steps.push('probe');
        return { outcome: 'TAKEN' };
      },
    },
    control,
    rightToSkip: async () => {
      steps.push('right');
      return 'MAY_SKIP';
    },
    now: () => 0,
  };
  return { isolation: new Isolation(options), steps, skip };
}

describe('Isolation', () => {
  it('has the skip in the log before the commit that moves past the message', async () => {
    const { isolation, steps } = scene();
    await expect(isolation.apply(batch)).resolves.toBe('CONSUMED');
    expect(steps).toEqual(['refuse', 'right', 'catch up', 'probe', 'skip', 'commit']);
  });

  it('takes over what another process had skipped by the time the live generation passed it', async () => {
    const { isolation, steps, skip } = scene({
      control: {
        catchUp: async () => skip('refused elsewhere'),
        skip: () => Promise.reject(new Error('skipped twice')),
      },
    });
    await expect(isolation.apply(batch)).resolves.toBe('CONSUMED');
    expect(steps).toEqual(['refuse', 'right', 'commit']);
  });

  it('moves past nothing while the log does not take the skip', async () => {
    const { isolation, steps } = scene({ control: { skip: () => Promise.reject(new LogUnavailableError('away')) } });
    await expect(isolation.apply(batch)).rejects.toThrow(LogUnavailableError);
    expect(steps).toEqual(['refuse', 'right', 'catch up', 'probe']);
  });

  it('halts, and says what it did, where Postgres refuses the message still although it was skipped', async () => {
    const { isolation } = scene({ apply: () => Promise.reject(refused) });
    await expect(isolation.apply(batch)).rejects.toMatchObject({
      reason: 'CONSUMER_FAILED',
      message: expect.stringContaining('Control skips it, but Postgres then refused the checkpoint alone') as unknown,
    });
  });

  it.each([
    ['an outage', Object.assign(new Error('down'), { code: '57P01' })],
    ['a bug', new TypeError('bug')],
  ])('passes on %s as it is, and does not split', async (_, error) => {
    const apply = jest.fn(() => Promise.reject<'CONSUMED'>(error));
    const { isolation, steps } = scene({ apply });
    await expect(isolation.apply({ ...batch, messages: [message, message] })).rejects.toBe(error);
    expect([apply.mock.calls.length, steps]).toEqual([1, []]);
  });
});
