import { EventRequests, sessionOf } from './event-requests.js';

const options = { apiKey: 'key', fingerprintId: '11111111-1111-8111-8111-111111111111' };

interface SentEvent {
  readonly session: string;
  readonly person: string;
  readonly fingerprint_id: string;
  readonly properties: object;
}

function bodyOf({ bytes }: { readonly bytes: Buffer }): SentEvent & { readonly events?: readonly SentEvent[] } {
  const text = bytes.toString();
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  expect(text).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  return JSON.parse(body) as SentEvent;
}

describe('EventRequests', () => {
  it('sends single events of about 1.3 KB, each in the session that its number gives', () => {
    const requests = new EventRequests({ ...options, eventsPerRequest: 1 });
    const sent = Array.from({ length: 502 }, () => requests.next());
    expect(sent.every(({ events, bytes }) => events === 1 && bytes.length > 1_100 && bytes.length < 2_000)).toBe(true);
    const { session, person, fingerprint_id, properties } = bodyOf(sent[501] as (typeof sent)[number]);
    expect({ session, person, fingerprint_id }).toEqual({
      session: 'session-000000101',
      person: 'person-000000020',
      fingerprint_id: options.fingerprintId,
    });
    expect(properties).toHaveProperty('output');
  });

  it('sends batches of as many as asked', () => {
    const request = new EventRequests({ ...options, eventsPerRequest: 3 }).next();
    expect(request.events).toBe(3);
    expect(bodyOf(request).events?.map(({ session }) => session)).toEqual([
      'session-000000000',
      'session-000000001',
      'session-000000002',
    ]);
  });
});

describe('sessionOf', () => {
  it('keeps four hundred sessions open, and after fifteen events of each begins others', () => {
    expect([0, 399, 400, 5_999, 6_000].map((number) => sessionOf(number).session)).toEqual([0, 399, 0, 399, 400]);
  });
});
