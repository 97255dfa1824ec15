import { offset } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import type { CheckpointsRead, Generation, NotReady } from '@logbook/store';
import { skipRight } from './skip-right.js';

const generation: Generation = { name: 'gen_2', foldVersion: 1 };
const at = { topic: 'events', partition: 3, offset: offset(10) } as const;

/** The generation that is live, and the next offset it reads of partition 3. */
const live = (name: string, state: CheckpointsRead['state'], next?: number): CheckpointsRead => ({
  state,
  generation: name,
  next: { commands: new Map([[3, offset(99)]]), events: new Map(next === undefined ? [] : [[3, offset(next)]]) },
});
const rightWhen = (read: CheckpointsRead | NotReady) =>
  skipRight({ checkpoints: () => Promise.resolve(read) }, generation, at);

describe('skipRight', () => {
  it('is given to the follower of the live generation once it is ready', async () => {
    await expect(rightWhen(live('gen_2', 'READY', 10))).resolves.toBe('MAY_SKIP');
  });

  it('is not given while the live generation is folded for the first time, or again', async () => {
    await expect(rightWhen(live('gen_2', 'CATCHING_UP', 10))).resolves.toBe('MUST_NOT');
  });

  it('is not given to a rebuild whose live generation has passed the message', async () => {
    await expect(rightWhen(live('gen_1', 'READY', 11))).resolves.toBe('MUST_NOT');
  });

  it('waits for a live generation that has not come to the message: what that decides counts for both', async () => {
    await expect(rightWhen(live('gen_1', 'READY', 10))).resolves.toBe('AWAITS_LIVE');
    await expect(rightWhen(live('gen_1', 'CATCHING_UP'))).resolves.toBe('AWAITS_LIVE');
  });

  it('is asked for again later while nobody can tell what is live', async () => {
    await expect(rightWhen({ state: 'NOT_READY', reason: 'the tables are missing' })).rejects.toThrow(
      DependencyUnavailableError,
    );
  });
});
