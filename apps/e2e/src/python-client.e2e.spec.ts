import {
  unique,
  agentPath,
  personPath,
  versionPath,
  type Agent,
  type AgentVersion,
  type Person,
} from './api/requests.js';
import { describeOnEveryDriverSet } from './drivers.js';
import { loggedEvents, projectedSessions, type EventRow } from './harness/projections.js';
import { clientPython, findPython } from './harness/python.js';
import { inRepository } from './harness/repository.js';
import { runProgram } from './harness/run-program.js';

/** What `client_check.py` prints. */
interface ClientReport {
  readonly returned: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly raised: Readonly<Record<string, string>>;
  /** By the label of a wrapped call, the session it was made in. */
  readonly sessions: Readonly<Record<string, string>>;
}

const CHECK_TIMEOUT_MS = 90_000;
const SET_UP_TIMEOUT_MS = 7 * 60_000;
const QUEUED_EVENTS = 10;

const OPENAI = { model: 'gpt-4o-mini-2024-07-18', input_tokens: 9, output_tokens: 2 };
const ANTHROPIC = { model: 'claude-sonnet-4-5-20250929', input_tokens: 9, output_tokens: 2 };
const GEMINI = { model: 'gemini-2.5-flash', input_tokens: 9, output_tokens: 2 };

/** The part of a row that each wrapped call decides; each is made at once and streamed, sync and async. */
const CALLS: Readonly<Record<string, object>> = {
  'openai-chat': { api: 'openai-chat-completions', ...OPENAI },
  'openai-responses': { api: 'openai-responses', ...OPENAI },
  'anthropic-messages': { api: 'anthropic-messages', ...ANTHROPIC },
  'anthropic-beta-messages': { api: 'anthropic-beta-messages', ...ANTHROPIC },
  'gemini-models': { api: 'gemini-models', ...GEMINI },
  'gemini-interactions': { api: 'gemini-interactions', ...GEMINI },
};
const VARIANTS = Object.entries(CALLS).flatMap(([call, row]) => {
  const asyncCall = call.replace('-', '-async-');
  return [call, `${call}-stream`, asyncCall, `${asyncCall}-stream`].map((label) => ({ label, row }));
});

const python = findPython();

if (python === undefined) {
  it.skip('the published Python client works unmodified (SKIPPED: no Python 3.10 or newer with venv and pip on the PATH)', () =>
    undefined);
} else {
  describeOnEveryDriverSet('the published Python client, unmodified', (system) => {
    const prefix = unique('py');
    const [agent, person] = [`${prefix}-agent`, `${prefix}-person`];
    let report: ClientReport;
    let wrapped: ReadonlyMap<string | null, EventRow>;

    beforeAll(async () => {
      const { urls, apiKey } = system();
      const args = [
        '-B',
        inRepository('apps/e2e/python/client_check.py'),
        '--base-url',
        urls[0] as string,
        '--api-key',
        apiKey,
        '--prefix',
        prefix,
      ];
      const run = await runProgram({ command: await clientPython(python), args, timeoutMs: CHECK_TIMEOUT_MS });
      if (run.code !== 0) throw new Error(`client_check.py ended with ${run.code}:\n${run.stderr.slice(-8_000)}`);
      report = JSON.parse(run.stdout) as ClientReport;
      const sessions = Object.values(report.sessions);
      wrapped = new Map(
        (await projectedSessions(system(), sessions, sessions.length)).map((row) => [row.session, row]),
      );
    }, SET_UP_TIMEOUT_MS);

    it('every operation of ApiClient returns what the server holds', async () => {
      const { api } = system();
      const { returned } = report;
      const [lowAgent, lowPerson] = [`${prefix}-low-agent`, `${prefix}-low/person é`];
      const time = (value: unknown): string => new Date(String(value)).toISOString();
      const held = async <T extends { created_at: string }>(path: string) => {
        const body = (await api.get(path)).json<T>();
        return { ...body, created_at: time(body.created_at) };
      };
      const given = (operation: string) => ({
        ...returned[operation],
        created_at: time(returned[operation]?.['created_at']),
      });
      expect(returned['fingerprints.create']).toEqual({ fingerprint_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      expect(given('people.create')).toMatchObject({ person_id: lowPerson, properties: { plan: 'pro', n: 3 } });
      expect(given('people.get')).toEqual(given('people.create'));
      expect(given('people.update')).toEqual(await held<Person>(personPath(lowPerson)));
      expect(given('people.update')).toEqual({ ...given('people.create'), properties: { plan: 'free' } });
      expect(given('agents.create')).toEqual(await held<Agent>(agentPath(lowAgent)));
      expect(given('agents.create')).toMatchObject({
        agent_name: lowAgent,
        description: 'made by the client',
        deprecated_at: null,
      });
      expect(given('agents.get')).toEqual(given('agents.create'));
      expect(given('agent_versions.create')).toEqual(await held<AgentVersion>(versionPath(lowAgent, 'v1')));
      expect(given('agent_versions.get')).toEqual(given('agent_versions.create'));
      const [row] = await projectedSessions(system(), [`${prefix}-low-session`], 1);
      expect(row).toMatchObject({
        fingerprint_id: returned['fingerprints.create']?.['fingerprint_id'],
        agent_name: lowAgent,
        agent_version_name: 'v1',
        person_id: lowPerson,
        api: 'another-api',
        model: null,
        input_tokens: null,
      });
    });

    it('every refusal raises the client’s own error class', () => {
      expect(report.raised).toEqual({
        'people.get': 'PersonNotFoundError',
        'people.update': 'PersonNotFoundError',
        'agents.get': 'AgentNotFoundError',
        'agent_versions.create': 'AgentNotFoundError',
        'agent_versions.get of no agent': 'AgentNotFoundError',
        'agent_versions.get of no version': 'AgentVersionNotFoundError',
        'events.create without a fingerprint': 'FingerprintNotFoundError',
        'events.create with an empty session': 'SessionIdEmptyError',
      });
    });

    it('everything queued by VokerClient has arrived once it is closed', async () => {
      const { api } = system();
      const highAgent = `${prefix}-high-agent`;
      expect((await api.get(agentPath(highAgent))).json<Agent>().description).toBe('queued');
      expect((await api.get(versionPath(highAgent, 'v1'))).json<AgentVersion>().description).toBe('queued');
      expect((await api.get(personPath(`${prefix}-high-person`))).json<Person>().properties).toEqual({
        plan: 'queued',
      });
      expect((await api.get(personPath(`${prefix}-high-person-2`))).json<Person>().properties).toEqual({
        plan: 'first',
      });
      const rows = await projectedSessions(system(), [`${prefix}-high-session`], QUEUED_EVENTS);
      for (const row of rows) {
        expect(row).toMatchObject({
          agent_name: highAgent,
          agent_version_name: 'v1',
          person_id: `${prefix}-high-person`,
        });
      }
    });

    it.each(VARIANTS)(
      'the wrapped call $label becomes an event with agent, version, person, session, model and tokens',
      ({ label, row }) => {
        const session = report.sessions[label] as string;
        expect(wrapped.get(session)).toMatchObject({
          ...row,
          session,
          agent_name: agent,
          agent_version_name: 'v1',
          person_id: person,
        });
      },
    );

    it('no wrapped call was forgotten here', () => {
      expect(Object.keys(report.sessions).sort()).toEqual(VARIANTS.map(({ label }) => label).sort());
    });

    it('what the wrapped calls name exists, and their sessions are listed', async () => {
      const { api } = system();
      expect((await api.get(versionPath(agent, 'v1'))).status).toBe(200);
      expect((await api.get(personPath(person))).status).toBe(200);
      const listed = await system().cliJson<{ session: string; event_count: number }[]>(
        'sessions',
        '--limit',
        '1000',
        '--json',
      );
      const counts = new Map(listed.map(({ session, event_count: count }) => [session, count]));
      for (const session of Object.values(report.sessions))
        expect([session, counts.get(session)]).toEqual([session, 1]);
      expect(counts.get(`${prefix}-high-session`)).toBe(QUEUED_EVENTS);
    });

    it('a secret in extra_headers that the client sends along is not in the log', async () => {
      const row = wrapped.get(report.sessions['openai-chat'] as string) as EventRow;
      const [message] = await loggedEvents(system(), [row.event_id]);
      expect(message?.value?.toString()).toContain(
        '"extra_headers": {"Authorization": "[redacted]", "x-trace": "kept"}',
      );
    });
  });
}
