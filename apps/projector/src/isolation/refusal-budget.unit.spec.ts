import { SkipList } from '@logbook/core';
import { RefusalBudget, REFUSALS_MAX } from './refusal-budget.js';

const NOW_MS = Date.UTC(2026, 0, 1, 12);
const MINUTE_MS = 60_000;

/** A budget of a log in which messages were skipped this long ago. */
function budgetAfter(...agoMs: readonly number[]): RefusalBudget {
  const skips = new SkipList();
  agoMs.forEach((ago, index) => {
    skips.add({
      type: 'com.logbook.message.skipped.v1',
      id: `s${index}`,
      timeMs: NOW_MS - ago,
      source: 'test',
      topic: 'events',
      key: 'k',
      sha256: String(index).padStart(64, '0'),
      reason: 'refused',
    });
  });
  return new RefusalBudget({ skips, now: () => NOW_MS });
}
const times = (count: number, agoMs: number): number[] => Array<number>(count).fill(agoMs);
const healthy = { takesOthers: true };
const unknown = { takesOthers: false };

describe('RefusalBudget', () => {
  it('allows a few messages a minute and not one more, whoever skipped them', () => {
    expect(budgetAfter(...times(REFUSALS_MAX - 1, 0)).exhausted('events', healthy)).toBeUndefined();
    expect(budgetAfter(...times(REFUSALS_MAX, MINUTE_MS)).exhausted('events', healthy)).toBe(
      '5 messages were skipped within the last minute',
    );
    expect(budgetAfter(...times(REFUSALS_MAX, MINUTE_MS + 1)).exhausted('events', healthy)).toBeUndefined();
  });

  it('looks back an hour as long as Postgres has taken no message of the topic, so that a restart grants no more', () => {
    const budget = budgetAfter(...times(REFUSALS_MAX, 59 * MINUTE_MS));
    expect(budget.exhausted('events', unknown)).toBe(
      '5 messages were skipped within the last hour, and none of events was taken since',
    );
    budget.took('commands');
    expect(budget.exhausted('events', unknown)).toBeDefined();
    budget.took('events');
    expect([budget.tookLately('events'), budget.exhausted('events', unknown)]).toEqual([true, undefined]);
    expect(budgetAfter(...times(REFUSALS_MAX, 61 * MINUTE_MS)).exhausted('events', unknown)).toBeUndefined();
  });

  it('looks back an hour again once a message was skipped and none taken since', () => {
    const budget = budgetAfter(...times(REFUSALS_MAX, 2 * MINUTE_MS));
    budget.took('events');
    budget.skipped('events');
    expect(budget.exhausted('events', unknown)).toBeDefined();
    expect(budget.exhausted('events', healthy)).toBeUndefined();
  });
});
