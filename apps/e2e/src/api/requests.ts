import { eventually, uniqueName } from '@logbook/testing';
import type { Answer, Api } from '../harness/api.js';

/** Registers the environment of a client, and gives its id. The same one each time unless `fields` differ. */
export async function fingerprint(api: Api, fields: object = {}): Promise<string> {
  const answer = await api.put('/fingerprints', {
    language: 'typescript',
    language_version: '5.9',
    system: 'test',
    ...fields,
  });
  expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(/^\{"fingerprint_id":"[0-9a-f-]{36}"\}$/)]);
  return answer.json<{ fingerprint_id: string }>().fingerprint_id;
}

/** A recorded call as the client sends it; 9 tokens in, 2 out. */
export const PROPERTIES = {
  api: 'openai-chat-completions',
  inputs: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] },
  output: { model: 'gpt-4o-mini-2024-07-18', usage: { prompt_tokens: 9, completion_tokens: 2 } },
};

export async function eventBody(api: Api, fields: object = {}): Promise<object> {
  return { event_name: 'llm', properties: PROPERTIES, fingerprint_id: await fingerprint(api), ...fields };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Records an event, checks the answer's exact shape, and gives the event's id. */
export async function record(api: Api, fields: object = {}, headers: Record<string, string> = {}): Promise<string> {
  return recordedId(await api.post('/events', await eventBody(api, fields), headers));
}

export function recordedId(answer: Answer): string {
  expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(/^\{"id":"[0-9a-f-]{36}"\}$/)]);
  const { id } = answer.json<{ id: string }>();
  expect(id).toMatch(UUID);
  return id;
}

/** The answer once what an event created is visible. */
export function visible<T>(api: Api, path: string): Promise<T> {
  return eventually(
    async () => {
      const answer = await api.get(path);
      expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
      return answer.json<T>();
    },
    { what: `GET ${path.slice(0, 200)} to be 200` },
  );
}

/** Checks status and envelope: the slug stands twice, and the message says something. */
export function expectProblem(answer: Answer, status: number, slug: string): void {
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(slug)]);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.json()).toEqual({
    type: slug,
    detail: {
      type: slug,
      message: expect.stringMatching(/./),
      ...(answer.text.includes('"errors":') && { errors: expect.any(Array) }),
    },
  });
}

export const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

export interface Agent {
  readonly agent_name: string;
  readonly description: string | null;
  readonly agent_number: number;
  readonly created_at: string;
  readonly deprecated_at: string | null;
}

export interface AgentVersion {
  readonly agent_version_name: string;
  readonly description: string | null;
  readonly agent_version_number: number;
  readonly created_at: string;
  readonly deprecated_at: string | null;
}

export interface Person {
  readonly person_id: string;
  readonly properties: Readonly<Record<string, unknown>> | null;
  readonly created_at: string;
}

export const agentPath = (name: string): string => `/agents/${encodeURIComponent(name)}`;
export const versionPath = (agent: string, version: string): string =>
  `${agentPath(agent)}/agent-versions/${encodeURIComponent(version)}`;
export const personPath = (id: string): string => `/people/${encodeURIComponent(id)}`;
export const unique = uniqueName;
