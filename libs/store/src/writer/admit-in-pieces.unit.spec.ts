import { NO_SKIPS } from '@logbook/projections';
import { batch, event } from '../contract-fixtures.contract.js';
import { admitInPieces } from './admit-in-pieces.js';

describe('admitInPieces', () => {
  const { messages: stored } = batch(
    'events',
    0,
    Array.from({ length: 700 }, (_, index) => event(index)),
  );

  it('admits every message, in order', async () => {
    const poisoned = stored.map((message) => (message.offset === 300 ? { ...message, headers: {} } : message));
    const { messages, deadLetters } = await admitInPieces(poisoned, NO_SKIPS);
    const offsets = poisoned.map((message) => message.offset).filter((at) => at !== 300);
    expect(messages.map(({ position }) => position.offset)).toEqual(offsets);
    expect(deadLetters.map((letter) => letter.offset)).toEqual([300]);
  });

  it('lets others have their turn in between', async () => {
    let settled = false;
    const admitting = admitInPieces(stored, NO_SKIPS).then(() => (settled = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    await admitting;
  });
});
