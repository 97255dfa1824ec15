import { tenant } from './brands.js';
import { idempotentEventId, newEventId, newMessageId } from './event-id.js';

const acme = tenant('acme');

describe('newEventId and newMessageId', () => {
  it('are UUIDs of version 7, in lower case, in the order they were made', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? newEventId() : newMessageId()));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('share no random bytes, however many are made', () => {
    const tails = Array.from({ length: 2_000 }, () => newMessageId().slice(-10));
    expect(new Set(tails).size).toBe(2_000);
  });

  it('carry the time they were made at', () => {
    const beforeMs = Date.now();
    const madeMs = Number.parseInt(newEventId().replaceAll('-', '').slice(0, 12), 16);
    expect(madeMs).toBeGreaterThanOrEqual(beforeMs);
    expect(madeMs).toBeLessThanOrEqual(Date.now());
  });
});

describe('idempotentEventId', () => {
  // Computed with Python's uuid.uuid5; a change would make a retry a second event.
  it.each([
    [null, 'order-17', 'dbd23c8b-2803-5b87-a4f4-aac14a200cc0'],
    ['sess-1', 'order-17', '1ffc1f6e-25c4-5362-9044-c24a674cc88f'],
    ['null', 'order-17', '737e10e7-03b0-57c9-8f38-c7d6ce80cb6f'],
    ['日本', 'order-17', 'b21206a1-ed77-557d-96d0-21dfeed57179'],
    ['a"b', '~!', 'f1312b68-5c5f-5910-85d8-0ef41d1cfd32'],
  ])('session %j and key %j of acme is %s, for ever', (session, key, id) => {
    expect(idempotentEventId({ tenant: acme, session, key })).toBe(id);
  });

  it('is another id for another tenant, session or key, however the texts are cut', () => {
    const ids = [
      idempotentEventId({ tenant: acme, session: null, key: 'k' }),
      idempotentEventId({ tenant: tenant('other'), session: null, key: 'k' }),
      idempotentEventId({ tenant: acme, session: 'null', key: 'k' }),
      idempotentEventId({ tenant: acme, session: 'a","b', key: 'c' }),
      idempotentEventId({ tenant: acme, session: 'a', key: 'b","c' }),
      idempotentEventId({ tenant: acme, session: 'a', key: 'K' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
