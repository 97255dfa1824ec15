import type { System } from '../harness/system.js';
import { expectProblem, personPath, TIME, unique, type Person } from './requests.js';

/** The literal text of `properties` in a person's answer. */
const propertiesIn = (text: string): string =>
  /^\{"person_id":"[^"]*","properties":(.*),"created_at":"[^"]*"\}$/s.exec(text)?.[1] ?? text;

const body = (id: string, properties: string): string => `{"person_id":"${id}","properties":${properties}}`;

/** People: PUT, GET, and the literal text of their properties. */
export function describePeople(system: () => System): void {
  it('a created person has exactly the three keys, and GET sees it at once at every gateway', async () => {
    const { api } = system();
    const id = unique('person');
    const created = await api.put('/people', { person_id: id, properties: { plan: 'pro' } });
    expect(created.status).toBe(200);
    expect(created.json()).toEqual({
      person_id: id,
      properties: { plan: 'pro' },
      created_at: expect.stringMatching(TIME),
    });
    for (let turn = 0; turn < 2; turn += 1) expect((await api.get(personPath(id))).text).toBe(created.text);
  });

  it('creating a person again keeps created_at, replaces the properties by an object and keeps them otherwise', async () => {
    const { api } = system();
    const id = unique('person');
    const create = async (fields: object): Promise<Person> => {
      const answer = await api.put('/people', { person_id: id, ...fields });
      expect([answer.status, (await api.get(personPath(id))).text]).toEqual([200, answer.text]);
      return answer.json<Person>();
    };
    const first = await create({});
    expect(first.properties).toBeNull();
    expect(await create({ properties: { a: 1, b: 2 } })).toEqual({ ...first, properties: { a: 1, b: 2 } });
    expect(await create({ properties: null })).toEqual({ ...first, properties: { a: 1, b: 2 } });
    expect(await create({})).toEqual({ ...first, properties: { a: 1, b: 2 } });
    expect(await create({ properties: { c: 3 } })).toEqual({ ...first, properties: { c: 3 } });
    expect(await create({ properties: {} })).toEqual({ ...first, properties: {} });
  });

  it('updating a person replaces the whole object and keeps created_at', async () => {
    const { api } = system();
    const id = unique('person');
    const created = (await api.put('/people', { person_id: id, properties: { a: 1, b: 2 } })).json<Person>();
    const updated = await api.put(personPath(id), { properties: { c: null } });
    expect([updated.status, updated.json()]).toEqual([200, { ...created, properties: { c: null } }]);
    expect((await api.get(personPath(id))).text).toBe(updated.text);
  });

  it('a person who does not exist is not found, and updating one creates nobody', async () => {
    const { api } = system();
    const id = unique('nobody');
    expectProblem(await api.get(personPath(id)), 404, 'person-not-found');
    expectProblem(await api.put(personPath(id), { properties: {} }), 404, 'person-not-found');
    expectProblem(await api.get(personPath(id)), 404, 'person-not-found');
  });

  it.each([
    {},
    { person_id: null },
    { person_id: '' },
    { person_id: 'x', properties: [] },
    { person_id: 'x', properties: 'y' },
  ])('the person %j is refused', async (fields) => {
    expectProblem(await system().api.put('/people', fields), 400, 'invalid-request');
  });

  it.each([{}, { properties: null }, { properties: [] }, { properties: 1 }])(
    'the update %j is refused',
    async (fields) => {
      const { api } = system();
      const id = unique('person');
      await api.put('/people', { person_id: id });
      expectProblem(await api.put(personPath(id), fields), 400, 'invalid-request');
    },
  );

  it.each([
    ['spaces and line breaks', '{ "a" :\r\n\t1 , "b":[ ] }'],
    ['duplicate keys', '{"a":1,"a":2,"a":{"a":3,"a":4}}'],
    [
      'integers past 2^53 and numbers in every spelling',
      '{"n":12345678901234567890,"e":1E400,"z":-0,"d":1.10,"x":1e-7}',
    ],
    ['NUL and lone-surrogate escapes', '{"nul":"\\u0000","high":"\\ud83d","low":"\\udE00","\\u0000":1}'],
    ['escapes that need not be', '{"\\u0061":"\\/\\u00e9\\b"}'],
    ['names that are special in JavaScript', '{"__proto__":{"x":1},"constructor":null,"toString":[]}'],
    ['text of every plane', '{"é":"日本😀\u2028"}'],
    ['numbers as names, in their order', '{"10":1,"9":2,"1":3}'],
  ])('properties come back as the literal text that was sent: %s', async (_what, text) => {
    const { api } = system();
    const id = unique('person');
    const created = await api.put('/people', body(id, text));
    expect([created.status, propertiesIn(created.text)]).toEqual([200, text]);
    expect(propertiesIn((await api.get(personPath(id))).text)).toBe(text);
    const updated = await api.put(personPath(id), `{"properties":${text} }`);
    expect([updated.status, propertiesIn(updated.text)]).toEqual([200, text]);
  });

  it('of repeated `properties` the last counts, as it does for every parser', async () => {
    const { api } = system();
    const id = unique('person');
    await api.put('/people', `{"person_id":"${id}","properties":{"first":1},"properties":{"last":2}}`);
    expect(propertiesIn((await api.get(personPath(id))).text)).toBe('{"last":2}');
  });

  it('properties may be large and 1,000 levels deep', async () => {
    const { api } = system();
    const [large, deep] = [`{"image":"${'QUJD'.repeat(512 * 1024)}"}`, `{"a":${'['.repeat(996)}${']'.repeat(996)}}`];
    for (const text of [large, deep]) {
      const id = unique('person');
      expect((await api.put('/people', body(id, text))).status).toBe(200);
      expect(propertiesIn((await api.get(personPath(id))).text) === text).toBe(true);
    }
  });
}
