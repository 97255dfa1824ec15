import { AcceptedIds } from './accepted-ids.js';

describe('AcceptedIds', () => {
  it('counts the ids of answers, and comes to the same in any order', () => {
    const [one, other] = [new AcceptedIds(), new AcceptedIds()];
    const ids = ['019ab000-0000-7000-8000-0000000000ff', 'ffffffff-0000-7000-8000-00000000000f'];
    expect(one.take(JSON.stringify({ results: ids.map((id) => ({ status: 'accepted', id })) }))).toBe(ids[1]);
    for (const id of ids.toReversed()) other.take(JSON.stringify({ id }));
    expect([one.count, one.xor]).toEqual([2, 'fe654fff0000000000000000000000f0']);
    expect([other.count, other.xor]).toEqual([one.count, one.xor]);
  });

  it('comes to something else where an id is missing or another', () => {
    const ids = new AcceptedIds();
    expect(ids.take('{"status":"rejected"}')).toBeUndefined();
    expect([ids.count, ids.xor]).toEqual([0, '0'.repeat(32)]);
  });
});
