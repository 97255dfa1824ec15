import { fingerprint, eventBody, expectProblem, PROPERTIES, recordedId, unique } from './api/requests.js';
import { newTenant } from './api/new-tenant.js';
import { startEmbedded } from './harness/embedded-system.js';
import type { System } from './harness/system.js';

const START_TIMEOUT_MS = 150_000;
const REQUESTS = 60;
/** The agent and version `default`, and three more. */
const NAMES = 5;

describe('limits that an operator has set', () => {
  let system: System;
  beforeAll(async () => {
    const environment = {
      LOGBOOK_REQUESTS_PER_MINUTE_MAX: String(REQUESTS),
      LOGBOOK_NEW_NAMES_PER_HOUR_MAX: String(NAMES),
    };
    system = await startEmbedded({ environment });
  }, START_TIMEOUT_MS);
  afterAll(() => system.stop());

  it('new names beyond the quota are refused, alone and in batches; names that exist go on', async () => {
    const { api } = await newTenant(system);
    const fingerprint_id = await fingerprint(api);
    const event = (person: string) => ({ event_name: 'llm', properties: PROPERTIES, fingerprint_id, person });
    const [known, second] = [unique('person'), unique('person')];
    recordedId(await api.post('/events', event(known)));
    const batch = { events: [event(second), event(known), event(unique('person')), event(unique('person'))] };
    const { results } = (await api.post('/events/batch', batch)).json<{
      results: { status: string; type?: string }[];
    }>();
    expect(results.map(({ status, type }) => type ?? status).sort()).toEqual([
      'accepted',
      'accepted',
      'accepted',
      'too-many-requests',
    ]);
    const refused = await api.post('/events', event(unique('person')));
    expectProblem(refused, 429, 'too-many-requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expectProblem(await api.put('/agents', { agent_name: unique('agent') }), 429, 'too-many-requests');
    expectProblem(await api.put('/people', { person_id: unique('person') }), 429, 'too-many-requests');
    recordedId(await api.post('/events', event(known)));
    expect((await api.put('/people', { person_id: known })).status).toBe(200);
  });

  it('a key that sends more than its requests is refused until its window ends, another goes on', async () => {
    const [one, other] = [await newTenant(system), await newTenant(system)];
    const statuses: number[] = [];
    const body = await eventBody(one.api);
    while (!statuses.includes(429) && statuses.length <= REQUESTS) {
      statuses.push((await one.api.post('/events', body)).status);
    }
    expect(new Set(statuses.slice(0, -1))).toEqual(new Set([200]));
    const refused = await one.api.get('/agents/nobody');
    expectProblem(refused, 429, 'too-many-requests');
    expect(refused.headers['ratelimit']).toMatch(/^"requests";r=0;t=\d+$/);
    recordedId(await other.api.post('/events', await eventBody(other.api)));
  });
});
