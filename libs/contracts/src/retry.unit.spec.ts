import { offset } from './brands.js';
import { decodeMessage } from './decode.js';
import { asRaw, golden, goldens } from './golden.fixture.js';
import { encodedSha256, messageSha256 } from './message-hash.js';
import type { RawMessage, StoredMessage } from './message.js';
import { encodeRetry } from './retry.js';
import { topicOf } from './topic-of.js';

const retryable = goldens().filter(({ message }) => ['commands', 'events'].includes(topicOf(message)));
const stored = (raw: RawMessage): StoredMessage => ({ ...raw, topic: 'events', partition: 3, offset: offset(1234) });

describe('encodeRetry', () => {
  it.each(retryable)('$name is tried again as the same message with another hash, and names the original', (one) => {
    const original = { ...stored(asRaw(one.encoded)), topic: topicOf(one.message) };
    const retry = encodeRetry(original, 'r1');
    if (retry.outcome !== 'ENCODED') throw new Error(retry.reason);
    expect(retry.message).toEqual({
      ...one.encoded,
      headers: { ...one.encoded.headers, ce_retryof: `${original.topic}/3/1234`, ce_retryid: 'r1' },
    });
    expect(decodeMessage(asRaw(retry.message))).toEqual({ outcome: 'DECODED', message: one.message });
    expect(encodedSha256(retry.message).equals(messageSha256(original))).toBe(false);
  });

  it('differs from every other retry of the message, and names what was retried last', () => {
    const original = stored(asRaw(golden('llm.recorded.v1').encoded));
    expect(encodeRetry(original, 'r2')).not.toEqual(encodeRetry(original, 'r1'));
    const again = encodeRetry({ ...original, headers: { ...original.headers, ce_retryof: 'events/3/7' } }, 'r1');
    expect(again).toEqual(encodeRetry(original, 'r1'));
  });

  it('refuses what this release cannot decode, for the reason it has', () => {
    const original = stored(asRaw(golden('llm.recorded.v1').encoded));
    expect(encodeRetry({ ...original, value: null }, 'r1')).toEqual({
      outcome: 'REFUSED',
      reason: 'the value is missing',
    });
    const newer = { ...original, headers: { ...original.headers, ce_type: 'com.logbook.llm.recorded.v2' } };
    expect(encodeRetry(newer, 'r1')).toMatchObject({ outcome: 'REFUSED' });
  });

  it.each([
    ['repeated', [Buffer.from('a'), Buffer.from('b')]],
    ['no text', Buffer.from([0xff])],
    ['empty', null as unknown as undefined],
  ])('refuses a message with a header that is %s: it would not be the same bytes', (_, value) => {
    const original = stored(asRaw(golden('llm.recorded.v1').encoded));
    expect(encodeRetry({ ...original, headers: { ...original.headers, 'x-trace': value } }, 'r1')).toEqual({
      outcome: 'REFUSED',
      reason: 'header "x-trace" is repeated, empty or no text',
    });
  });
});
