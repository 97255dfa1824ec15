import type { System } from '../harness/system.js';
import { countEvents, loggedEvents, projectedEvents } from '../harness/projections.js';
import { eventBody, expectProblem, fingerprint, record, unique } from './requests.js';

/** `Idempotency-Key` on POST /events. */
export function describeIdempotency(system: () => System): void {
  const withKey = (key: string): Record<string, string> => ({ 'idempotency-key': key });

  it('the same key in the same session is one event with one id, whatever the repeat says; the first stands', async () => {
    const { api } = system();
    const [session, key] = [unique('session'), unique('key')];
    const id = await record(api, { session, properties: { first: true } }, withKey(key));
    for (let repeat = 0; repeat < 3; repeat += 1) {
      expect(await record(api, { session, properties: { first: false } }, withKey(key))).toBe(id);
    }
    const end = await record(api, { session });
    await projectedEvents(system(), [id, end]);
    expect(await countEvents(system(), session)).toBe(2);
    const [message] = await loggedEvents(system(), [id]);
    expect(message?.value?.toString()).toContain('"first":true');
  });

  it('the same key sent at once over every gateway is one event', async () => {
    const { api } = system();
    const [session, key] = [unique('session'), unique('key')];
    const ids = await Promise.all(Array.from({ length: 10 }, () => record(api, { session }, withKey(key))));
    expect(new Set(ids).size).toBe(1);
    const end = await record(api, { session });
    await projectedEvents(system(), [end]);
    expect(await countEvents(system(), session)).toBe(2);
  });

  it('the same key in another session, or in none, is another event', async () => {
    const { api } = system();
    const key = unique('key');
    const ids = [
      await record(api, { session: unique('session') }, withKey(key)),
      await record(api, { session: unique('session') }, withKey(key)),
      await record(api, {}, withKey(key)),
    ];
    expect(new Set(ids).size).toBe(3);
    expect(await record(api, { session: null }, withKey(key))).toBe(ids[2]);
  });

  it('a key that was answered with an error is still free', async () => {
    const { api } = system();
    const [session, key] = [unique('session'), unique('key')];
    const unknown = '970e9e3c-0b4a-5449-bd7d-ebbfb999dc25';
    expectProblem(
      await api.post('/events', await eventBody(api, { session, fingerprint_id: unknown }), withKey(key)),
      404,
      'fingerprint-not-found',
    );
    expectProblem(
      await api.post('/events', await eventBody(api, { session, event_name: 'x' }), withKey(key)),
      400,
      'invalid-request',
    );
    const id = await record(api, { session }, withKey(key));
    expect(await projectedEvents(system(), [id])).toHaveLength(1);
    expect(await record(api, { session }, withKey(key))).toBe(id);
  });

  it('a key is 1 to 255 visible ASCII characters', async () => {
    const { api } = system();
    const body = await eventBody(api);
    await record(api, {}, withKey('!~' + 'x'.repeat(253)));
    for (const key of ['x'.repeat(256), '', 'a b', 'a\tb', 'é']) {
      expectProblem(await api.post('/events', body, withKey(key)), 400, 'invalid-request');
    }
  });

  it('a key is ignored where it does not apply', async () => {
    const { api } = system();
    const headers = withKey('not a valid key');
    const send = (method: string, path: string, body?: object) =>
      api.send({ method, path: `/api/v1${path}`, headers, ...(body && { body }) });
    expect((await send('PUT', '/people', { person_id: unique('person') })).status).toBe(200);
    expect((await send('PUT', '/agents', { agent_name: unique('agent') })).status).toBe(200);
    expect((await send('GET', `/people/${unique('nobody')}`)).status).toBe(404);
    await fingerprint(api);
  });
}
