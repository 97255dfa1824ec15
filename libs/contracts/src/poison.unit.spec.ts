import { decodeMessage } from './decode.js';
import { asRaw, golden, goldens } from './golden.fixture.js';
import { HEADERS } from './index.js';
import type { RawHeaders, RawMessage } from './message.js';
import { topicOf } from './topic-of.js';

/** The reason for the verdict; an assertion fails if it is none. */
function reasonFor(raw: RawMessage): string {
  const decoded = decodeMessage(raw);
  if (decoded.outcome !== 'POISON') throw new Error(`was judged ${JSON.stringify(decoded)}`);
  return decoded.reason;
}

function withHeaders(name: string, headers: RawHeaders): RawMessage {
  const raw = asRaw(golden(name).encoded);
  return { ...raw, headers: { ...raw.headers, ...headers } };
}

function withValue(name: string, change: Readonly<Record<string, unknown>>): RawMessage {
  const raw = asRaw(golden(name).encoded);
  const data = { ...JSON.parse(String(raw.value)), ...change };
  return { ...raw, value: Buffer.from(JSON.stringify(data)) };
}

const namesOf = (headers: Readonly<Record<string, string>>): string[] =>
  [HEADERS.agent, HEADERS.agentVersion, HEADERS.person].filter((name) => name in headers);

const NOT_UTF8 = Buffer.from([0x61, 0xff]);
const TOO_LONG = '👩'.repeat(513);

describe('a message without one of its headers', () => {
  const everywhere = [HEADERS.specversion, HEADERS.id, HEADERS.type, HEADERS.source, HEADERS.time];
  const cases = goldens().flatMap(({ name, encoded }) => {
    const owned = HEADERS.tenant in encoded.headers ? [HEADERS.tenant] : [];
    const ofChanges = name.includes('.changed.') ? namesOf(encoded.headers) : [];
    const ofEvents = name.startsWith('llm.') ? [HEADERS.fingerprint, HEADERS.agent, HEADERS.agentVersion] : [];
    return [...everywhere, ...owned, ...ofEvents, ...ofChanges].map((header) => ({ name, header }));
  });

  it.each(cases)('$name is poison without $header', ({ name, header }) => {
    expect(reasonFor(withHeaders(name, { [header]: undefined }))).toBe(`${header} is missing`);
  });

  it('takes a header without a value, which a client delivers as null, for a missing one', () => {
    const raw = withHeaders('tenant.created.v1', { [HEADERS.source]: null as unknown as undefined });
    expect(reasonFor(raw)).toBe('ce_source is missing');
  });
});

describe('a message with a garbled header', () => {
  it.each([
    ['ce_specversion', '0.3', 'ce_specversion is not 1.0'],
    ['ce_type', 'com.example.agent.rename.v1', 'ce_type is unknown to this release: "com.example.agent.rename.v1"'],
    ['ce_type', 'com.logbook.agent.rename', 'ce_type is unknown to this release: "com.logbook.agent.rename"'],
    ['ce_type', 'com.logbook.agent.register.v0', 'ce_type is unknown to this release: "com.logbook.agent.register.v0"'],
    ['ce_type', 'toString', 'ce_type is unknown to this release: "toString"'],
    ['ce_time', '', 'ce_time is not a time in UTC: ""'],
    ['ce_time', '1764000000123', 'ce_time is not a time in UTC: "1764000000123"'],
    ['ce_time', '2025-11-24T16:00:00', 'ce_time is not a time in UTC: "2025-11-24T16:00:00"'],
    ['ce_time', '2025-11-24T16:00:00+01:00', 'ce_time is not a time in UTC: "2025-11-24T16:00:00+01:00"'],
    ['ce_time', '2025-02-30T16:00:00Z', 'ce_time is not a time in UTC: "2025-02-30T16:00:00Z"'],
    ['ce_time', '2025-11-24T25:00:00Z', 'ce_time is not a time in UTC: "2025-11-24T25:00:00Z"'],
    ['ce_tenant', 'Acme', 'ce_tenant must be 1 to 63 characters of a-z, 0-9 and -'],
    ['ce_tenant', '', 'ce_tenant must be 1 to 63 characters of a-z, 0-9 and -'],
    ['ce_tenant', 'a'.repeat(64), 'ce_tenant must be 1 to 63 characters of a-z, 0-9 and -'],
    ['ce_tenant', 'acme\n', 'ce_tenant must be 1 to 63 characters of a-z, 0-9 and -'],
    ['ce_source', NOT_UTF8, 'ce_source is not UTF-8'],
  ])('any: %s %j', (header, value, reason) => {
    expect(reasonFor(withHeaders('agent.register.v1', { [header]: value }))).toBe(reason);
  });

  it.each([
    ['ce_id', 'm1', 'ce_id is not a UUID'],
    ['ce_fingerprint', '4e568d47', 'ce_fingerprint is not a UUID'],
    ['ce_agent', '', 'ce_agent must not be empty'],
    ['ce_agent', TOO_LONG, 'ce_agent must be at most 512 characters'],
    ['ce_agent', NOT_UTF8, 'ce_agent is not UTF-8'],
    ['ce_agentversion', 'v\u0000', 'ce_agentversion must not contain control characters'],
    ['ce_person', 'a\u0085', 'ce_person must not contain control characters'],
    ['ce_person', '\ud800', 'ce_person must not contain lone surrogates'],
    ['ce_session', '', 'ce_session must not be empty'],
    ['ce_session', TOO_LONG, 'ce_session must be at most 512 characters'],
    ['ce_summary', 'one', 'ce_summary is not a count: "one"'],
    ['ce_api', 'x'.repeat(257), 'ce_api is too long or holds NUL'],
    ['ce_model', 'gpt\u0000', 'ce_model is too long or holds NUL'],
    ['ce_inputtokens', '-1', 'ce_inputtokens is not a count: "-1"'],
    ['ce_inputtokens', '1e3', 'ce_inputtokens is not a count: "1e3"'],
    ['ce_outputtokens', '9007199254740992', 'ce_outputtokens is not a count: "9007199254740992"'],
    ['ce_outputtokens', '', 'ce_outputtokens is not a count: ""'],
  ])('an event: %s %j', (header, value, reason) => {
    expect(reasonFor(withHeaders('llm.recorded.v1', { [header]: value }))).toBe(reason);
  });

  it('gives a reason that is short and free of control characters, whatever was sent', () => {
    const reason = reasonFor(withHeaders('agent.register.v1', { ce_type: '\u0000\ud800'.repeat(10_000) }));
    expect(reason.length).toBeLessThan(1_000);
    expect(reason).toMatch(/^[\x20-\x7e]*$/);
  });

  it('is decoded all the same if the name merely holds the replacement character', () => {
    const raw = withHeaders('llm.recorded.v1', { ce_agent: Buffer.from('\ufffd') });
    expect(decodeMessage(raw)).toMatchObject({ outcome: 'DECODED', message: { agentName: '\ufffd' } });
  });

  it('is decoded with a time of any precision, to the millisecond below', () => {
    const timed = (time: string) => decodeMessage(withHeaders('agent.register.v1', { ce_time: time }));
    expect(timed('2025-11-24T16:00:00Z')).toMatchObject({ message: { timeMs: 1764000000000 } });
    expect(timed('2025-11-24T16:00:00.123999999Z')).toMatchObject({ message: { timeMs: 1764000000123 } });
  });
});

describe('a message in the wrong place', () => {
  it.each(goldens())('$name is poison under another key, and without one', ({ encoded }) => {
    const raw = asRaw(encoded);
    expect(reasonFor({ ...raw, key: Buffer.from(`${encoded.key}x`) })).toBe('the key is not that of the message');
    expect(reasonFor({ ...raw, key: null })).toBe('the key is not that of the message');
  });

  it.each(goldens())('$name is poison in another topic, but not among the dead letters', ({ message, encoded }) => {
    const topic = topicOf(message) === 'events' ? 'commands' : 'events';
    expect(reasonFor({ ...asRaw(encoded), ...{ topic } })).toBe(
      `ce_type belongs to ${topicOf(message)}, not to ${topic}`,
    );
    expect(decodeMessage({ ...asRaw(encoded), topic: 'dead-letters' }).outcome).toBe('DECODED');
  });
});

describe('a message with a garbled value', () => {
  const withData = goldens().filter(({ name, encoded }) => !name.startsWith('llm.') && encoded.value !== null);
  const inLog = goldens().filter(({ message }) => topicOf(message) !== 'changes');

  it.each(inLog)('$name is poison without a value', ({ encoded }) => {
    expect(reasonFor({ ...asRaw(encoded), value: null })).toBe('the value is missing');
  });

  it.each([
    ['agent.changed.v1', { agent_number: -1 }, 'agent_number must be a whole number, 0 or more'],
    ['agent.changed.v1', { description: 1 }, 'description must be a string'],
    ['agent.changed.v1', { created_at: '2025-11-24' }, 'created_at must be a time in UTC'],
    ['agent.changed.v1', { deprecated_at: 'never' }, 'deprecated_at must be a time in UTC'],
    [
      'agent-version.changed.v1',
      { agent_version_number: '1' },
      'agent_version_number must be a whole number, 0 or more',
    ],
    ['person.changed.v1', { properties_json: '[]' }, 'properties_json must be the text of a JSON object'],
    ['person.changed.v1', { created_at: null }, 'created_at must be a string'],
  ])('%s is poison with %j', (name, change, reason) => {
    expect(reasonFor(withValue(name, change))).toBe(reason);
  });

  it.each(withData)('$name is poison with a value that is not an object in JSON', ({ encoded }) => {
    const of = (value: string | Buffer) => reasonFor({ ...asRaw(encoded), value: Buffer.from(value as string) });
    expect([of(''), of('{'), of('{"a":"\u0000"}')]).toEqual(Array(3).fill('the value is not JSON'));
    expect(of(Buffer.from([0x22, 0xff, 0x22]))).toBe('the value is not UTF-8');
    expect([of('[]'), of('null'), of('"a"')]).toEqual(Array(3).fill('the value is not a JSON object'));
  });

  const fields = withData.flatMap(({ name, encoded }) =>
    Object.keys(JSON.parse(String(encoded.value)) as object).map((field) => ({ name, field })),
  );
  const optional = new Set(['description', 'deprecated']);

  it.each(fields)('$name is poison without $field, unless an update may leave it out', ({ name, field }) => {
    const raw = withValue(name, { [field]: undefined });
    if (name.includes('.update.') && optional.has(field)) expect(decodeMessage(raw).outcome).toBe('DECODED');
    else expect(reasonFor(raw)).toMatch(field === 'partitions' ? 'the value is not a JSON object' : field);
  });

  it.each(fields)('$name is poison with a $field of another kind', ({ name, field }) => {
    // A key is derived from some fields, so these would be refused for the key too; the field itself is named first.
    expect(reasonFor(withValue(name, { [field]: [1] }))).toMatch(field === 'partitions' ? 'JSON object' : field);
    expect(reasonFor(withValue(name, { [field]: -1 }))).toMatch(field === 'partitions' ? 'JSON object' : field);
  });

  it.each([
    ['agent.register.v1', { agent_name: TOO_LONG }, 'agent_name must be at most 512 characters'],
    ['agent.register.v1', { agent_name: '' }, 'agent_name must not be empty'],
    [
      'agent-version.register.v1',
      { agent_version_name: 'a\n' },
      'agent_version_name must not contain control characters',
    ],
    ['agent-version.update.v1', { deprecated: null }, 'deprecated must be a boolean'],
    ['person.register.v1', { person_id: TOO_LONG }, 'person_id must be at most 512 characters'],
    ['person.register.v1', { properties_json: '[]' }, 'properties_json must be the text of a JSON object'],
    ['person.update.v1', { properties_json: '{' }, 'properties_json must be the text of a JSON object'],
    ['person.update.v1', { properties_json: null }, 'properties_json must be a string'],
    ['fingerprint.register.v1', { content_json: '"a"' }, 'content_json must be the text of a JSON object'],
    ['fingerprint.register.v1', { fingerprint_id: 'x' }, 'fingerprint_id must be a UUID'],
    ['api-key.issued.v1', { sha256: 'AB'.repeat(32) }, 'sha256 must be 64 hexadecimal digits'],
    ['api-key.issued.v1', { api_key_id: '0'.repeat(17) }, 'api_key_id must be 16 hexadecimal digits'],
    ['message.skipped.v1', { topic: 'changes' }, 'topic is unknown'],
    ['log.created.v1', { format_version: 2 }, 'format_version 2 is unknown to this release'],
    ['log.created.v1', { partitions: { control: 1, commands: 0, events: 1 } }, 'commands must be 1 or more'],
    [
      'log.created.v1',
      { partitions: { control: 1, commands: 1, events: 1.5 } },
      'events must be a whole number, 0 or more',
    ],
  ])('%s with %j', (name, change, reason) => {
    expect(reasonFor(withValue(name, change))).toBe(reason);
  });

  it('is decoded with a field that a later release added', () => {
    const { message } = golden('agent.register.v1');
    expect(decodeMessage(withValue('agent.register.v1', { added: 1 }))).toEqual({ outcome: 'DECODED', message });
  });

  it('finds no field on a prototype', () => {
    const raw = asRaw(golden('agent.register.v1').encoded);
    const value = Buffer.from('{"__proto__":{"agent_name":"Support Bot","description":null}}');
    expect(reasonFor({ ...raw, value })).toBe('agent_name must be a string');
  });
});
