import { projectedEvents } from '../harness/projections.js';
import type { System } from '../harness/system.js';
import {
  agentPath,
  eventBody,
  expectProblem,
  personPath,
  record,
  unique,
  versionPath,
  type Agent,
  type Person,
} from './requests.js';

/** `length` code points, unique, ending in `fill`, which is one. The unique part is ASCII: one unit a code point. */
const ofCodePoints = (length: number, fill: string): string => {
  const start = unique('n');
  return start + fill.repeat(length - start.length);
};

/** Names of agents, versions, people and sessions: what they may be, and that they stay as they are. */
export function describeIdentifiers(system: () => System): void {
  it.each([
    ['spaces around and inside', () => ` ${unique('a b')} `],
    ['a slash', () => `${unique('a')}/b/c`],
    ['dots', () => `..${unique('a')}..`],
    ['characters that mean something in a path or a query', () => `${unique('a')}?b=c&d#e;f%2Fg%25+:@!$,=*()'`],
    ['quotes, backslashes and brackets', () => `${unique('a')}"\\'<>{}|^\``],
    ['a name in another composition', () => `${unique('e')}\u0065\u0301`],
    ['emoji and other planes', () => `${unique('a')}👩‍👩‍👧𝕏日本`],
    ['capitals', () => unique('CamelCase')],
    ['invisible characters that are no controls', () => `${unique('a')}\u200b\ufeff\u00a0\u2028`],
    ['512 code points of one byte', () => ofCodePoints(512, 'x')],
    ['512 code points of four bytes', () => ofCodePoints(512, '😀')],
  ])('a name may have %s, and stays as it was sent', async (_what, make) => {
    const { api } = system();
    const name = make();
    expect((await api.put('/agents', { agent_name: name })).json<Agent>().agent_name).toBe(name);
    expect((await api.put(`${agentPath(name)}/agent-versions`, { agent_version_name: name })).status).toBe(200);
    expect((await api.put('/people', { person_id: name })).json<Person>().person_id).toBe(name);
    expect((await api.get(agentPath(name))).json<Agent>().agent_name).toBe(name);
    expect((await api.get(versionPath(name, name))).json()).toMatchObject({ agent_version_name: name });
    expect((await api.get(personPath(name))).json<Person>().person_id).toBe(name);
    const id = await record(api, { agent: name, agent_version: name, person: name, session: name });
    expect(await projectedEvents(system(), [id])).toMatchObject([
      { agent_name: name, agent_version_name: name, person_id: name, session: name },
    ]);
  });

  it('names of one or two dots work where no URL library folds them', async () => {
    const { api } = system();
    for (const name of ['.', '..']) {
      expect((await api.put('/agents', { agent_name: name })).status).toBe(200);
      expect((await api.get(`/agents/${name.replaceAll('.', '%2E')}`)).json<Agent>().agent_name).toBe(name);
      expect((await api.get(`/agents/${name}`)).json<Agent>().agent_name).toBe(name);
    }
  });

  it('names that differ in case, composition or a space are different names', async () => {
    const { api } = system();
    const base = unique('e');
    const names = [`${base}\u00e9`, `${base}e\u0301`, `${base}\u00c9`, `${base}\u00e9 `];
    const numbers = new Set<number>();
    for (const name of names) numbers.add((await api.put('/agents', { agent_name: name })).json<Agent>().agent_number);
    expect(numbers.size).toBe(names.length);
  });

  it.each([
    ['513 code points', 'x'.repeat(513)],
    ['513 code points of four bytes', '😀'.repeat(513)],
    ['NUL', 'a\u0000'],
    ['a line break', 'a\nb'],
    ['DEL', 'a\u007f'],
    ['a C1 control', 'a\u0085'],
    ['a lone surrogate', 'a\ud800'],
  ])('a name must not have %s', async (_what, name) => {
    const { api } = system();
    for (const field of ['agent', 'agent_version', 'person', 'session']) {
      expectProblem(await api.post('/events', await eventBody(api, { [field]: name })), 400, 'invalid-request');
    }
    expectProblem(await api.put('/agents', { agent_name: name }), 400, 'invalid-request');
    expectProblem(await api.put('/people', { person_id: name }), 400, 'invalid-request');
    expectProblem(
      await api.put('/agents/default/agent-versions', { agent_version_name: name }),
      400,
      'invalid-request',
    );
  });

  it.each([
    ['513 code points', 'x'.repeat(513)],
    ['513 code points of four bytes', encodeURIComponent('😀'.repeat(513))],
    ['a control character', 'a%00'],
    ['broken percent-encoding', 'a%zz'],
    ['bytes that are not UTF-8', 'a%ff'],
    ['a lone surrogate', 'a%ed%a0%80'],
  ])('a name in a path must not have %s', async (_what, name) => {
    const { api } = system();
    for (const path of [`/agents/${name}`, `/people/${name}`, `/agents/${name}/agent-versions/v`]) {
      expectProblem(await api.get(path), 400, 'invalid-request');
    }
  });

  it('an empty agent, version or person is refused', async () => {
    const { api } = system();
    for (const field of ['agent', 'agent_version', 'person']) {
      expectProblem(await api.post('/events', await eventBody(api, { [field]: '' })), 400, 'invalid-request');
    }
  });

  it('%2F in a path is a slash of the name, a plus is a plus', async () => {
    const { api } = system();
    const name = `${unique('a')}/b+c`;
    await api.put('/people', { person_id: name });
    expect((await api.get(`/people/${name.replace('/', '%2F')}`)).json<Person>().person_id).toBe(name);
    expect((await api.get(`/people/${name.replace('/', '%2f')}`)).json<Person>().person_id).toBe(name);
  });
}
