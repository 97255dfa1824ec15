import { asRaw, golden } from './golden.fixture.js';
import { encodedSha256, messageSha256 } from './message-hash.js';
import type { RawHeaders, RawMessage } from './message.js';

const message = { key: Buffer.from('k'), headers: { a: '1', b: '2' }, value: Buffer.from('v') } satisfies RawMessage;
const hex = (raw: RawMessage): string => messageSha256(raw).toString('hex');
const withHeaders = (headers: RawHeaders): string => hex({ ...message, headers });

describe('messageSha256', () => {
  it('is the same however a driver delivers the headers', () => {
    const expected = hex(message);
    expect(withHeaders({ b: '2', a: '1' })).toBe(expected);
    expect(withHeaders({ a: Buffer.from('1'), b: Buffer.from('2') })).toBe(expected);
    expect(withHeaders({ a: ['1'], b: [Buffer.from('2')] })).toBe(expected);
    expect(withHeaders({ a: '1', b: '2', c: undefined })).toBe(expected);
  });

  it('is the same before the append and after', () => {
    const { encoded } = golden('llm.recorded.v1.unicode');
    const headers = Object.fromEntries(
      Object.entries(encoded.headers).map(([name, value]) => [name, Buffer.from(value)]),
    );
    expect(encodedSha256(encoded)).toEqual(messageSha256(asRaw(encoded)));
    expect(encodedSha256(encoded)).toEqual(messageSha256({ ...asRaw(encoded), headers }));
  });

  it('is another for every other message', () => {
    const hashes = [
      hex(message),
      hex({ ...message, key: null }),
      hex({ ...message, key: Buffer.alloc(0) }),
      hex({ ...message, value: null }),
      hex({ ...message, value: Buffer.alloc(0) }),
      hex({ ...message, key: Buffer.from('kv'), value: Buffer.alloc(0) }),
      withHeaders({}),
      withHeaders({ a: '1' }),
      withHeaders({ a: '2', b: '1' }),
      withHeaders({ a: '', b: '12' }),
      withHeaders({ ab: '12' }),
      withHeaders({ a: ['1', '2'] }),
      withHeaders({ a: ['2', '1'] }),
      withHeaders({ a: '12' }),
      withHeaders({ a: '1', b: null as unknown as undefined }),
      withHeaders({ a: '1', b: '' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('orders names by their bytes, not by UTF-16 units', () => {
    // U+FF5E comes after the surrogates of U+1F600 in UTF-16 and before it in UTF-8.
    const inOrder = { key: null, headers: { '\uff5e': '1', '\u{1f600}': '2' }, value: null };
    expect(hex(inOrder)).toBe('7ce8831da6c963bfa56b99267e36815a04b4924071bf189dab66ca00c3abe5f5');
    expect(hex({ ...inOrder, headers: { '\u{1f600}': '2', '\uff5e': '1' } })).toBe(hex(inOrder));
  });
});
