import { idempotencyKeyProblem, identifierProblem, isUuid, tenantProblem } from './identifiers.js';

describe('identifierProblem', () => {
  it.each([
    'a',
    ' ',
    ' a b ',
    'a/b%2F',
    '日本',
    'e\u0301',
    '\u00ad\u200d\ufeff\u2028',
    '__proto__',
    'x'.repeat(512),
    '👩'.repeat(512),
  ])('has none with %j', (name) => expect(identifierProblem(name)).toBeUndefined());

  it.each([
    ['', 'must not be empty'],
    ['x'.repeat(513), 'must be at most 512 characters'],
    ['👩'.repeat(512) + 'x', 'must be at most 512 characters'],
    ['👩'.repeat(100_000), 'must be at most 512 characters'],
    ['a\0', 'must not contain control characters'],
    ['\u001f', 'must not contain control characters'],
    ['\u007f', 'must not contain control characters'],
    ['\u009f', 'must not contain control characters'],
    ['\ud800', 'must not contain lone surrogates'],
    ['\udc00\ud800', 'must not contain lone surrogates'],
    [null, 'must be a string'],
    [['a'], 'must be a string'],
  ])('of %j says what it must be', (name, problem) => {
    expect(identifierProblem(name)).toBe(problem);
  });
});

describe('tenantProblem', () => {
  it('allows 1 to 63 of a-z, 0-9 and -, and nothing else', () => {
    for (const name of ['a', '0-', '-', 'a'.repeat(63)]) expect(tenantProblem(name)).toBeUndefined();
    for (const name of ['', 'a'.repeat(64), 'A', 'a b', 'a/b', 'a\n', 'é']) expect(tenantProblem(name)).toBeDefined();
  });
});

describe('idempotencyKeyProblem', () => {
  it('allows 1 to 255 visible ASCII characters, and nothing else', () => {
    for (const key of ['!', '~', 'x'.repeat(255)]) expect(idempotencyKeyProblem(key)).toBeUndefined();
    for (const key of ['', 'x'.repeat(256), 'a b', 'é', 'a\n', '\u007f'])
      expect(idempotencyKeyProblem(key)).toBeDefined();
  });
});

describe('isUuid', () => {
  it('takes either case and any version, and nothing else', () => {
    const id = '970e9e3c-0b4a-5449-bd7d-ebbfb999dc25';
    for (const value of [id, id.toUpperCase()]) expect(isUuid(value)).toBe(true);
    for (const value of [`${id}\n`, `{${id}}`, id.replaceAll('-', ''), id.slice(1), null, [id]])
      expect(isUuid(value)).toBe(false);
  });
});
