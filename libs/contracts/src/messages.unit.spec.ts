import { decodeMessage } from './decode.js';
import { encodeMessage } from './encode.js';
import { asRaw, golden, goldens } from './golden.fixture.js';
import { H as HEADERS, KEY_AND_HEADERS_BYTES_MAX } from './headers.js';
import { encodedSha256 } from './message-hash.js';
import type { LlmRecorded } from './message.js';
import { MESSAGE_TYPES, topicOf } from './topic-of.js';
import { UPCASTERS } from './upcast.js';

const event = golden('llm.recorded.v1').message as LlmRecorded;

describe('the golden messages', () => {
  it('hold every version of every type of message', () => {
    const types = new Set(goldens().map(({ encoded }) => encoded.headers[HEADERS.type]));
    expect([...types].sort()).toEqual([...MESSAGE_TYPES, ...UPCASTERS.keys()].sort());
  });

  /** Only the newest version of a type is written. */
  const written = goldens().filter(({ message, encoded }) => encoded.headers[HEADERS.type] === message.type);

  it.each(written)('$name is encoded to the golden key, headers and bytes', ({ message, encoded }) => {
    const actual = encodeMessage(message);
    expect(actual).toEqual(encoded);
    // The order of headers is the order on the wire, so another order is another message to a reader of bytes.
    expect(Object.keys(actual.headers)).toEqual(Object.keys(encoded.headers));
  });

  it.each(goldens())('$name is decoded to the golden message', ({ message, encoded }) => {
    expect(decodeMessage(asRaw(encoded))).toEqual({ outcome: 'DECODED', message });
  });

  it.each(goldens())('$name has the golden hash', ({ encoded, sha256 }) => {
    expect(encodedSha256(encoded).toString('hex')).toBe(sha256);
  });

  it.each(goldens())('$name is decoded alike from headers of buffers, of lists, and from its own topic', (one) => {
    const raw = asRaw(one.encoded);
    const headers = Object.entries(one.encoded.headers).map(([name, value]) => [name, Buffer.from(value)] as const);
    const lists = headers.map(([name, value]) => [name, [Buffer.from('overridden'), value]] as [string, Buffer[]]);
    for (const variant of [headers, lists]) {
      const stored = { ...raw, headers: Object.fromEntries<Buffer | Buffer[]>(variant), topic: topicOf(one.message) };
      expect(decodeMessage(stored)).toEqual({ outcome: 'DECODED', message: one.message });
    }
  });
});

describe('encodeMessage', () => {
  it('leaves out a summary text over 256 bytes of UTF-8, and keeps one of 256', () => {
    const summary = { extractor: 1, api: 'é'.repeat(129), model: 'é'.repeat(128), inputTokens: null, outputTokens: 0 };
    const { headers } = encodeMessage({ ...event, summary });
    expect(headers).not.toHaveProperty('ce_api');
    expect(headers).toMatchObject({ ce_model: 'é'.repeat(128), ce_outputtokens: '0' });
  });

  it('gives no two entities of the feed one key, whatever their names hold', () => {
    const at = { id: 'i', timeMs: 0, source: 's', tenant: event.tenant };
    const version = (agentName: string, agentVersionName: string) =>
      encodeMessage({
        ...at,
        type: 'com.logbook.agent-version.changed.v1',
        agentName,
        agentVersionName,
        agentVersion: null,
      });
    const agent = encodeMessage({
      ...at,
      type: 'com.logbook.agent.changed.v1',
      agentName: 'a/agent-versions/b',
      agent: null,
    });
    expect(agent.key).toBe('acme/agents/a%2Fagent-versions%2Fb');
    expect(version('a', 'b').key).toBe('acme/agents/a/agent-versions/b');
    const longest = '👩'.repeat(512);
    const { key, headers } = version(longest, longest);
    const bytes = Buffer.byteLength(key) + Buffer.byteLength(Object.entries(headers).flat().join(''));
    expect(bytes).toBeLessThan(KEY_AND_HEADERS_BYTES_MAX);
  });

  it('keeps key and headers below their bound with the longest names there can be', () => {
    const longest = '👩'.repeat(512);
    const text = 'é'.repeat(128);
    const { key, headers } = encodeMessage({
      ...event,
      agentName: longest,
      agentVersionName: longest,
      personId: longest,
      session: longest,
      summary: { extractor: 1, api: text, model: text, inputTokens: 2 ** 53 - 1, outputTokens: 2 ** 53 - 1 },
    });
    const bytes = Buffer.byteLength(key) + Buffer.byteLength(Object.entries(headers).flat().join(''));
    expect(bytes).toBeLessThan(KEY_AND_HEADERS_BYTES_MAX);
  });
});
