import { asRaw, goldens } from '../golden.fixture.js';
import { decodeMessage } from '../decode.js';
import { encodeDeadLetter } from '../dead-letter.js';
import { offset } from '../brands.js';
import { encodeMessage } from '../encode.js';
import { encodeRetry } from '../retry.js';
import type { EncodedChange, MessageType } from '../message.js';
import { topicOf, topicOfType } from '../topic-of.js';
import { contractOfThisRelease, DEAD_LETTER } from './contract.js';
import { keyPattern } from './key-templates.js';
import { documentedSchemas, faultOf, validatorOf, without } from './validator.fixture.js';

const documented = documentedSchemas();
const contract = contractOfThisRelease();
const stored = (encoded: EncodedChange) =>
  ({ ...asRaw(encoded), topic: 'events', partition: 3, offset: offset(7) }) as const;

/** A template with what is in braces taken from headers, else from the value; `undefined` where something is missing. */
function filled(template: string, { headers, value }: EncodedChange): string | undefined {
  const data = JSON.parse(value?.toString('utf8') ?? '{}') as Readonly<Record<string, unknown>>;
  const isPath = topicOfType(headers['ce_type'] as MessageType) === 'changes';
  const part = (text: string): string => (isPath ? encodeURIComponent(text) : text);
  const names = [...template.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
  if (names.some((name) => headers[name] === undefined && data[name] === undefined)) return undefined;
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => part(headers[name] ?? String(data[name])));
}

describe.each(goldens())('$name', ({ message, encoded: golden }) => {
  const { type } = message;
  const encoded = encodeMessage(message);

  it('is encoded to the documented headers and value', () => {
    expect(documented.fault(type, encoded)).toBeUndefined();
  });

  it('lies in logs as the documentation of its own version says', () => {
    expect(documented.fault(golden.headers['ce_type']!, golden)).toBeUndefined();
  });

  it('has the documented key, made of its headers and its value', () => {
    const templates = contract[type]!.key;
    const keys = templates.map((template) => filled(template, encoded));
    expect(keys.find((key) => key !== undefined)).toBe(encoded.key);
    expect(encoded.key).toMatch(new RegExp(keyPattern(templates), 'u'));
    expect(contract[type]!.topic).toBe(topicOf(message));
  });

  it('is as documented when it is tried again', () => {
    const retry = encodeRetry({ ...stored(encoded), topic: topicOf(message) }, 'retry-1');
    if (retry.outcome !== 'ENCODED') throw new Error(retry.reason);
    expect(retry.message.headers).toMatchObject({ ce_retryid: 'retry-1' });
    expect(documented.fault(type, retry.message)).toBeUndefined();
  });

  it.each(Object.keys(encoded.headers))('without %s is refused where decoding refuses it', (name) => {
    const headers = without(encoded.headers, name);
    const decoded = decodeMessage({ ...asRaw({ ...encoded, headers }), key: Buffer.from(encoded.key) });
    const fault = documented.fault(type, { ...encoded, headers });
    // Without its session an event has another key, and nothing else is wrong with it.
    const ofKey = decoded.outcome === 'POISON' && decoded.reason === 'the key is not that of the message';
    // The content type is written for others; Logbook knows what it reads.
    const refuses = name === 'content-type' || (decoded.outcome !== 'DECODED' && !ofKey);
    expect([name, fault !== undefined]).toEqual([name, refuses]);
  });

  it('is refused with any header or field of another kind', () => {
    for (const name of contract[type]!.headers.required ?? []) {
      const broken = { ...encoded, headers: { ...encoded.headers, [name]: 1 as unknown as string } };
      expect([name, documented.fault(type, broken)]).toEqual([name, expect.stringContaining(name)]);
    }
    if (encoded.value === null) return;
    const data = JSON.parse(encoded.value.toString('utf8')) as object;
    for (const name of Object.keys(contract[type]!.value?.properties ?? {})) {
      const value = Buffer.from(JSON.stringify({ ...data, [name]: [1] }));
      expect([name, documented.fault(type, { ...encoded, value })]).toEqual([name, expect.stringContaining(name)]);
    }
  });
});

describe('a garbled header', () => {
  const event = goldens().find(({ name }) => name === 'llm.recorded.v1')!;

  it.each([
    ['ce_specversion', '0.3'],
    ['ce_type', 'com.logbook.agent.register.v1'],
    ['ce_id', 'm1'],
    ['ce_time', '2025-11-24T16:00:00+01:00'],
    ['ce_time', '2025-02-30T16:00:00Z'],
    ['ce_tenant', 'Acme'],
    ['ce_tenant', 'a'.repeat(64)],
    ['ce_fingerprint', '4e568d47'],
    ['ce_agent', ''],
    ['ce_agent', 'x'.repeat(513)],
    ['ce_person', 'a\u0085'],
    ['ce_session', '\ud800'],
    ['ce_summary', 'one'],
    ['ce_api', 'x'.repeat(257)],
    ['ce_model', 'gpt\u0000'],
    ['ce_inputtokens', '-1'],
    ['ce_outputtokens', '1e3'],
  ])('is refused by decoding and by its schema: %s %j', (name, text) => {
    const headers = { ...event.encoded.headers, [name]: text };
    expect(decodeMessage(asRaw({ ...event.encoded, headers })).outcome).toBe('POISON');
    expect(documented.fault(event.message.type, { ...event.encoded, headers })).toContain(name);
  });

  it.each([
    ['ce_time', '2025-11-24T16:00:00Z'],
    ['ce_tenant', 'a'.repeat(63)],
    ['ce_agent', '👩'.repeat(512)],
    ['ce_api', 'x'.repeat(256)],
    ['ce_inputtokens', '0'],
  ])('is not what this is: %s %j', (name, text) => {
    const headers = { ...event.encoded.headers, [name]: text };
    expect(documented.fault(event.message.type, { ...event.encoded, headers })).toBeUndefined();
  });
});

describe('a dead letter', () => {
  const validate = validatorOf(contract[DEAD_LETTER]!.headers);
  const [one] = goldens();

  it.each(['WHOLE', 'WITHOUT_VALUE', 'POSITION_ALONE'] as const)('has the documented headers: %s', (form) => {
    const letter = encodeDeadLetter({ message: stored(one!.encoded), step: 'apply', reason: 'too long' }, form);
    expect(faultOf(validate, letter.headers)).toBeUndefined();
    expect(faultOf(validate, without(letter.headers, 'lb_reason'))).toContain('lb_reason');
  });
});
