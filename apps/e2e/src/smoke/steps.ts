import { eventually } from '@logbook/testing';
import { A_COUNT, A_TIME, A_UUID, expectBody, expectProblem, unexpected } from './expect-answer.js';
import type { SmokeServer } from './server.js';

/** One operation of the API and what must come of it. */
export interface SmokeStep {
  readonly operation: string;
  /** Rejects when the answer is not the documented one. */
  run(server: SmokeServer): Promise<void>;
}

const API = '/api/v1';
/** How long what an event creates may take to become visible. */
const VISIBLE_TIMEOUT_MS = 10_000;
const PROPERTIES = {
  api: 'openai-chat-completions',
  inputs: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] },
  output: { model: 'gpt-4o-mini', usage: { prompt_tokens: 9, completion_tokens: 2 } },
};

/** Every operation once, under names that begin with `prefix` and exist nowhere else. */
export function smokeSteps(prefix: string): readonly SmokeStep[] {
  return [...operationsSteps(), ...entitySteps(prefix), ...eventSteps(prefix), ...documentationSteps()];
}

function operationsSteps(): SmokeStep[] {
  return [
    { operation: 'GET /health/live', run: async (server) => expectHealthy(server, '/health/live') },
    { operation: 'GET /health/ready', run: async (server) => expectHealthy(server, '/health/ready') },
  ];
}

async function expectHealthy(server: SmokeServer, path: string): Promise<void> {
  const answer = await server.send('GET', path);
  if (answer.status !== 200 || !answer.text.includes('"status":"ok"')) throw unexpected('200 with status ok', answer);
}

function entitySteps(prefix: string): SmokeStep[] {
  const [name, id] = [`${prefix}-agent`, `${prefix}-person`];
  const [agent, version, person] = [
    `${API}/agents/${name}`,
    `${API}/agents/${name}/agent-versions/v1`,
    `${API}/people/${id}`,
  ];
  const agentBody = {
    agent_name: name,
    description: 'smoke',
    agent_number: A_COUNT,
    created_at: A_TIME,
    deprecated_at: null,
  };
  const versionBody = {
    agent_version_name: 'v1',
    description: 'smoke',
    agent_version_number: 1,
    created_at: A_TIME,
    deprecated_at: null,
  };
  const personBody = { person_id: id, properties: { plan: 'pro' }, created_at: A_TIME };
  return [
    step('PUT', `${API}/agents`, { agent_name: name, description: 'smoke' }, agentBody),
    step('GET', agent, undefined, agentBody),
    step(
      'PATCH',
      agent,
      { description: null, deprecated: true },
      { ...agentBody, description: null, deprecated_at: A_TIME },
    ),
    step('PUT', `${agent}/agent-versions`, { agent_version_name: 'v1', description: 'smoke' }, versionBody),
    step('GET', version, undefined, versionBody),
    step('PATCH', version, { deprecated: true }, { ...versionBody, deprecated_at: A_TIME }),
    step('PUT', `${API}/people`, { person_id: id, properties: { plan: 'pro' } }, personBody),
    step('GET', person, undefined, personBody),
    step('PUT', person, { properties: { plan: 'free' } }, { ...personBody, properties: { plan: 'free' } }),
    {
      operation: `GET ${API}/people/${prefix}-nobody`,
      run: async (server) =>
        expectProblem(await server.send('GET', `${API}/people/${prefix}-nobody`), 404, 'person-not-found'),
    },
  ];
}

function step(
  method: string,
  path: string,
  body: object | undefined,
  expected: Readonly<Record<string, unknown>>,
): SmokeStep {
  return {
    operation: `${method} ${path}`,
    run: async (server) => {
      expectBody(await server.send(method, path, body), expected);
    },
  };
}

/** An event, and what it creates. Each step needs what the one before it gave. */
function eventSteps(prefix: string): SmokeStep[] {
  let fingerprintId = '';
  const names = {
    agent: `${prefix}-event-agent`,
    agent_version: 'v1',
    person: `${prefix}-event-person`,
    session: `${prefix}-session`,
  };
  const created = `${API}/agents/${names.agent}/agent-versions/v1`;
  return [
    {
      operation: `PUT ${API}/fingerprints`,
      run: async (server) => {
        const environment = { language: 'smoke', language_version: '1', system: process.platform };
        const body = expectBody(await server.send('PUT', `${API}/fingerprints`, environment), {
          fingerprint_id: A_UUID,
        });
        fingerprintId = String(body['fingerprint_id']);
      },
    },
    {
      operation: `POST ${API}/events`,
      run: async (server) => {
        const event = { event_name: 'llm', fingerprint_id: fingerprintId, properties: PROPERTIES, ...names };
        expectBody(await server.send('POST', `${API}/events`, event), { id: A_UUID });
      },
    },
    {
      operation: `POST ${API}/events/batch`,
      run: async (server) => {
        const event = { event_name: 'llm', fingerprint_id: fingerprintId, properties: PROPERTIES, ...names };
        const answer = await server.send('POST', `${API}/events/batch`, { events: [event, {}] });
        const [accepted, rejected] = ['"status":"accepted","id":"', '"status":"rejected","type":"invalid-request"'];
        if (answer.status !== 207 || !answer.text.includes(accepted) || !answer.text.includes(rejected))
          throw unexpected(`207 with ${accepted} and ${rejected}`, answer);
      },
    },
    {
      operation: `GET ${created} (named by the event)`,
      run: async (server) => {
        await eventually(
          async () => {
            const answer = await server.send('GET', created);
            if (answer.status !== 200) throw unexpected('200', answer);
          },
          { timeoutMs: VISIBLE_TIMEOUT_MS, what: 'what the event created to become visible' },
        );
      },
    },
  ];
}

function documentationSteps(): SmokeStep[] {
  const served = (path: string, sign: string): SmokeStep => ({
    operation: `GET ${path}`,
    run: async (server) => {
      const answer = await server.send('GET', path);
      if (answer.status !== 200 || !answer.text.includes(sign)) throw unexpected(`200 with ${sign}`, answer);
    },
  });
  return [
    served('/metrics', 'logbook_http_requests_total'),
    served('/openapi.json', '"openapi":"3.1'),
    served('/docs', '<html'),
  ];
}
