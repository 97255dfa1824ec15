import { readFileSync } from 'node:fs';
import { describeOnEveryDriverSet } from './drivers.js';
import { expectProblem, TIME } from './api/requests.js';
import type { Answer } from './harness/api.js';
import { projectedEvents } from './harness/projections.js';
import { inRepository } from './harness/repository.js';

interface RecordedRequest {
  readonly label: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What the published Python client really sent, in its order. */
const REQUESTS = readFileSync(inRepository('apps/e2e/fixtures/requests.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedRequest);

/** Status and exact text; times are the only thing that cannot be known before, and stand as `<time>`. */
const EXACT: Readonly<Record<string, string>> = {
  'api:person-create':
    '{"person_id":"u1","properties":{"plan": "pro", "n": 3, "none": null, "\\u00fc": "\\u65e5\\u672c"},"created_at":"<time>"}',
  'api:person-create-null': '{"person_id":"u2","properties":null,"created_at":"<time>"}',
  'api:person-get':
    '{"person_id":"u1","properties":{"plan": "pro", "n": 3, "none": null, "\\u00fc": "\\u65e5\\u672c"},"created_at":"<time>"}',
  'api:person-update': '{"person_id":"u1","properties":{"plan": "free"},"created_at":"<time>"}',
  // `default` and `Support Bot` came first, by the events before.
  'api:agent-create':
    '{"agent_name":"bot","description":null,"agent_number":3,"created_at":"<time>","deprecated_at":null}',
  'api:agent-create-desc':
    '{"agent_name":"bot2","description":"d","agent_number":4,"created_at":"<time>","deprecated_at":null}',
  'api:agent-get':
    '{"agent_name":"bot","description":null,"agent_number":3,"created_at":"<time>","deprecated_at":null}',
  'api:version-create':
    '{"agent_version_name":"v1","description":null,"agent_version_number":1,"created_at":"<time>","deprecated_at":null}',
  'api:version-create-desc':
    '{"agent_version_name":"v2","description":"d","agent_version_number":2,"created_at":"<time>","deprecated_at":null}',
  'api:version-get':
    '{"agent_version_name":"v1","description":null,"agent_version_number":1,"created_at":"<time>","deprecated_at":null}',
  // Named by an event before: a look-up waits until the projection has passed it.
  "path:'user@example.com'": '{"person_id":"user@example.com","properties":null,"created_at":"<time>"}',
};

const HELLO = { session: 's1', agent_name: 'Support Bot', agent_version_name: 'v1', person_id: 'user@example.com' };
const WRAPPED = { ...HELLO, session: 'sess-1', input_tokens: 9, output_tokens: 2 };
const BY_DEFAULT = { agent_name: 'default', agent_version_name: 'default', person_id: null };
const MINI = { api: 'openai-chat-completions', model: 'gpt-4o-mini', input_tokens: 1, output_tokens: 1 };

/** The row each recorded event becomes. */
const ROWS: Readonly<Record<string, object>> = {
  'api:event-min': { ...BY_DEFAULT, ...MINI, session: 's1' },
  'api:event-full': { ...HELLO, ...MINI },
  'api:event-none-session': { ...BY_DEFAULT, ...MINI, session: null },
  'wrap:openai-chat': { ...WRAPPED, api: 'openai-chat-completions', model: 'gpt-4o-mini-2024-07-18' },
  // The provider sent no usage with the stream.
  'wrap:openai-chat-stream': {
    ...WRAPPED,
    api: 'openai-chat-completions',
    model: 'gpt-4o-mini-2024-07-18',
    input_tokens: null,
    output_tokens: null,
  },
  'wrap:openai-responses': { ...WRAPPED, api: 'openai-responses', model: 'gpt-4o-mini-2024-07-18' },
  'wrap:anthropic-messages': { ...WRAPPED, api: 'anthropic-messages', model: 'claude-sonnet-4-5-20250929' },
  'wrap:gemini-models': { ...WRAPPED, api: 'gemini-models', model: 'gemini-2.5-flash' },
};

describeOnEveryDriverSet('the recorded requests', (system) => {
  const fingerprints: string[] = [];
  const events: { label: string; id: string; fingerprintId: string }[] = [];

  /** As it was sent, with a key and with the fingerprint this server gave. */
  const replay = async ({ method, target, headers, body }: RecordedRequest): Promise<Answer> => {
    const current = body?.replace(/(?<="fingerprint_id": ")[^"]*/, fingerprints.at(-1) ?? '');
    return system().api.send({ method, path: target, headers, ...(current !== undefined && { body: current }) });
  };

  it.each(REQUESTS.map((request, index) => ({ index, ...request })))(
    '$index $label: $method is answered as documented',
    async (request) => {
      const answer = await replay(request);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      if (request.target === '/api/v1/fingerprints') {
        expect([answer.status, answer.json()]).toEqual([
          200,
          { fingerprint_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        ]);
        fingerprints.push(answer.json<{ fingerprint_id: string }>().fingerprint_id);
      } else if (request.target === '/api/v1/events') {
        expect([answer.status, answer.json()]).toEqual([200, { id: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
        events.push({
          label: request.label,
          id: answer.json<{ id: string }>().id,
          fingerprintId: fingerprints.at(-1) as string,
        });
      } else if (request.label === "path:'a b'") {
        expectProblem(answer, 404, 'person-not-found');
      } else {
        const { created_at: createdAt } = answer.json<{ created_at: string }>();
        expect(createdAt).toMatch(TIME);
        expect([answer.status, answer.text.replace(createdAt, '<time>')]).toEqual([200, EXACT[request.label]]);
      }
    },
  );

  it('every recorded event becomes the row that its label says', async () => {
    const rows = await projectedEvents(
      system(),
      events.map(({ id }) => id),
    );
    expect(events.map(({ label }) => label).sort()).toEqual(Object.keys(ROWS).sort());
    for (const [index, row] of rows.entries()) {
      const { label, fingerprintId } = events[index] as (typeof events)[number];
      expect({ label, ...row }).toMatchObject({
        label,
        tenant: 'default',
        fingerprint_id: fingerprintId,
        ...ROWS[label],
      });
    }
  });

  it('the same environment reported again keeps its fingerprint; another one gets another', () => {
    const reported = REQUESTS.filter(({ target }) => target === '/api/v1/fingerprints').map(
      ({ body }) => body as string,
    );
    const idsByContent = new Map(reported.map((body, index) => [body, fingerprints[index]]));
    for (const [index, body] of reported.entries()) expect(fingerprints[index]).toBe(idsByContent.get(body));
    expect(new Set(fingerprints).size).toBe(idsByContent.size);
  });

  it('`logbook sessions` lists what they add up to', async () => {
    const sessions = await system().cliJson<object[]>('sessions', '--json');
    expect(sessions).toEqual([
      expect.objectContaining({
        session: 'sess-1',
        agent: 'Support Bot',
        event_count: 5,
        input_tokens: 36,
        output_tokens: 8,
      }),
      expect.objectContaining({ session: 's1', agent: 'default', event_count: 2, input_tokens: 2, output_tokens: 2 }),
    ]);
  });
});
