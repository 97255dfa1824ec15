import { tenant } from './brands.js';
import {
  FINGERPRINT_FIELDS,
  fingerprintContent,
  type FingerprintFields,
  fingerprintProves,
  issueFingerprintId,
  stripUserInfo,
} from './fingerprint.js';

const acme = tenant('acme');
const secret = 'c2VjcmV0LW9mLTMyLXJhbmRvbS1ieXRlcy0wMTIzNDU';

/** A request's fields as JSON.parse gives them, so that keys like `__proto__` are members. */
const parsed = (json: string): FingerprintFields => JSON.parse(json) as FingerprintFields;

describe('fingerprintContent', () => {
  it('is the RFC 8785 form of the known fields', () => {
    const fields = parsed(`{
      "voker_sdk_version": "0.0.15", "system": "Linux", "language_version": "3.11.7 (main)", "language": "python",
      "gemini_sdk_version": null, "unknown": "left out", "git_branch": "\\u0066ix/\\u20ac\\"",
      "all_packages": {"zod": "1", "10": "b", "9": "a", "é": "e", "\u{1f600}": "x", "\uff5e": "y", "a\\nb": "\\u0007\\/"},
      "git_repository_url": "https://user:fake-token@git.example.invalid/acme/agent.git",
      "git_commit_date": "2026-05-09 07:29:33 +0200"}`);
    expect(fingerprintContent(fields)).toBe(
      '{"all_packages":{"10":"b","9":"a","a\\nb":"\\u0007/","zod":"1","é":"e","\u{1f600}":"x","\uff5e":"y"},' +
        '"git_branch":"fix/€\\"","git_commit_date":"2026-05-09 07:29:33 +0200",' +
        '"git_repository_url":"https://git.example.invalid/acme/agent.git",' +
        '"language":"python","language_version":"3.11.7 (main)","system":"Linux","voker_sdk_version":"0.0.15"}',
    );
  });

  it('takes every known field, and absent for null', () => {
    const every = Object.fromEntries(FINGERPRINT_FIELDS.map((name) => [name, name === 'all_packages' ? {} : name]));
    expect(Object.keys(JSON.parse(fingerprintContent(every)) as object).sort()).toEqual([...FINGERPRINT_FIELDS].sort());
    const nulls = Object.fromEntries(FINGERPRINT_FIELDS.map((name) => [name, null]));
    expect(fingerprintContent(nulls)).toBe('{}');
    expect(fingerprintContent({})).toBe('{}');
  });

  it('writes lone surrogates as JSON.stringify escapes them', () => {
    expect(fingerprintContent({ system: 'a\ud800b', all_packages: { '\udfff': '\u{1f600}' } })).toBe(
      '{"all_packages":{"\\udfff":"\u{1f600}"},"system":"a\\ud800b"}',
    );
  });

  it('keeps packages whose names mean something to JavaScript', () => {
    const json = '{"all_packages":{"__proto__":"1","constructor":"2","toJSON":"3","toString":"4"}}';
    expect(fingerprintContent(parsed(json))).toBe(json);
  });

  it('finds no field on a prototype', () => {
    expect(fingerprintContent(parsed('{"__proto__":{"language":"python"}}'))).toBe('{}');
    expect(fingerprintContent(Object.create({ language: 'python' }) as FingerprintFields)).toBe('{}');
  });
});

describe('stripUserInfo', () => {
  it.each([
    ['https://user:fake-token@git.example.invalid/a.git', 'https://git.example.invalid/a.git'],
    ['https://token@git.example.invalid', 'https://git.example.invalid'],
    ['https://a@b:c@d@git.example.invalid:8443/a@b', 'https://git.example.invalid:8443/a@b'],
    ['ssh://git@git.example.invalid:22/a.git', 'ssh://git.example.invalid:22/a.git'],
    ['https://user:p@git.example.invalid?x=@', 'https://git.example.invalid?x=@'],
    ['https://user:p@git.example.invalid#@', 'https://git.example.invalid#@'],
    ['https://@', 'https://'],
  ])('%s becomes %s', (url, stripped) => {
    expect(stripUserInfo(url)).toBe(stripped);
  });

  it.each([
    'https://git.example.invalid/a@b.git',
    'https://git.example.invalid?user@x',
    'https://git.example.invalid#user@x',
    'git@git.example.invalid:a.git',
    'file:///srv/a@b',
    'no url',
    '',
  ])('%j has none and stays as it is', (url) => {
    expect(stripUserInfo(url)).toBe(url);
  });
});

describe('issueFingerprintId', () => {
  // Computed apart, with Python's hashlib and hmac; a change would make every client's environment a new one.
  it.each([
    ['{}', 'd2091b56-980e-81a1-9a2a-545d515e074b'],
    ['{"all_packages":{"日本":"2"},"language":"python"}', 'a5227c40-683f-8b3a-8e70-d7ce5df29cfc'],
  ])('of acme and %s is %s, for ever', (contentJson, id) => {
    expect(issueFingerprintId({ tenant: acme, contentJson, secret })).toBe(id);
  });

  it('is a UUID of version 8, in lower case', () => {
    for (let n = 0; n < 200; n += 1) {
      const id = issueFingerprintId({ tenant: acme, contentJson: `{"n":"${n}"}`, secret });
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('is the same for the same content, in whatever order the fields were sent', () => {
    const idOf = (json: string) =>
      issueFingerprintId({ tenant: acme, contentJson: fingerprintContent(parsed(json)), secret });
    expect(idOf('{"system":"s","language":"p","all_packages":{"b":"1","a":"2"},"git_branch":null}')).toBe(
      idOf('{"all_packages":{"a":"2","b":"1"},"language":"p","system":"s"}'),
    );
  });

  it('is another for another tenant, content or secret', () => {
    const ids = [
      issueFingerprintId({ tenant: acme, contentJson: '{}', secret }),
      issueFingerprintId({ tenant: tenant('other'), contentJson: '{}', secret }),
      issueFingerprintId({ tenant: acme, contentJson: '{"system":""}', secret }),
      issueFingerprintId({ tenant: acme, contentJson: '{}', secret: `${secret}x` }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('fingerprintProves', () => {
  const id = issueFingerprintId({ tenant: acme, contentJson: '{"system":"s"}', secret });

  it('accepts an id that was issued, in either case', () => {
    expect(fingerprintProves({ tenant: acme, id, secret })).toBe(true);
    expect(fingerprintProves({ tenant: acme, id: id.toUpperCase(), secret })).toBe(true);
  });

  it('refuses it for another tenant or with another secret', () => {
    expect(fingerprintProves({ tenant: tenant('acm'), id, secret })).toBe(false);
    expect(fingerprintProves({ tenant: acme, id, secret: secret.slice(1) })).toBe(false);
  });

  it('refuses it with any one bit flipped', () => {
    const accepted = [];
    for (let at = 0; at < id.length; at += 1) {
      if (id[at] === '-') continue;
      for (const bit of [1, 2, 4, 8]) {
        const digit = (Number.parseInt(id[at] as string, 16) ^ bit).toString(16);
        const flipped = id.slice(0, at) + digit + id.slice(at + 1);
        if (fingerprintProves({ tenant: acme, id: flipped, secret })) accepted.push(flipped);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('refuses what is no UUID, and a random one', () => {
    for (const other of ['', 'x', id.replaceAll('-', ''), '970e9e3c-0b4a-5449-bd7d-ebbfb999dc25']) {
      expect(fingerprintProves({ tenant: acme, id: other, secret })).toBe(false);
    }
  });
});
