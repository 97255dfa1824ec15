import { anEvent } from './testing/builders.js';
import { problemOf, send, type Sending } from './testing/exchange.js';
import { UNKNOWN_FINGERPRINT_ID } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

/** Each request below is wrong in its own way and in every way that follows; the first must be told. */
describe('the order of the checks', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start({ bodyBytesMax: 1_000 });
  });
  afterAll(() => gateway.close());

  const tooLarge = 'x'.repeat(1_001);
  const emptySession = { session: '', fingerprint_id: UNKNOWN_FINGERPRINT_ID };
  const events = '/api/v1/events';
  const xml = { 'content-type': 'text/xml' };

  test.each<[string, string, string, Sending]>([
    ['401 unauthorized', 'POST', '/api/v1/nothing', { key: 'nobody', headers: xml, body: tooLarge }],
    ['404 not-found', 'POST', '/api/v1/nothing', { headers: xml, body: tooLarge }],
    ['405 method-not-allowed', 'PUT', events, { headers: xml, body: tooLarge }],
    ['415 unsupported-media-type', 'POST', events, { headers: xml, body: tooLarge }],
    ['415 unsupported-media-type', 'POST', events, { headers: { 'content-encoding': 'zstd' }, body: tooLarge }],
    ['413 payload-too-large', 'POST', events, { body: tooLarge }],
    ['400 invalid-json', 'POST', events, { body: '{' }],
    ['400 invalid-request', 'POST', events, { body: anEvent({ ...emptySession, event_name: 'other' }) }],
    ['400 invalid-request', 'POST', events, { body: anEvent(emptySession), headers: { 'idempotency-key': ' é' } }],
    ['422 session-id-empty', 'POST', events, { body: anEvent(emptySession) }],
    ['404 fingerprint-not-found', 'POST', events, { body: anEvent({ ...emptySession, session: 's' }) }],
  ])('%s comes before what follows it', async (problem, method, path, sending) => {
    expect(problemOf(await send(gateway, method, path, sending))).toBe(problem);
  });
});
