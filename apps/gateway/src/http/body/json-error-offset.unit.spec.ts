import * as fc from 'fast-check';
import { jsonErrorOffset } from './json-error-offset.js';

test.each([
  ['', 0],
  ['  ', 2],
  ['x', 0],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['[1', 2],
  ['{"a":{"b":[1,2}}', 14],
  ['{}{}', 2],
  ['{"a":"b', 7],
  ['"a\nb"', 2],
  ['"\\x"', 2],
  ['"\\u00g0"', 5],
  ['tru', 3],
  ['trux', 3],
  ['nul1', 3],
  ['01', 1],
  ['-', 1],
  ['-a', 1],
  ['[}', 1],
  ['}', 0],
])('%j breaks at %i', (text, offset) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  expect(jsonErrorOffset(text)).toBe(offset);
});

test('a text cut anywhere breaks at its end, or earlier only inside a word or number', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      const part = text.slice(0, cut % text.length);
      let valid = true;
      try {
        JSON.parse(part);
      } catch {
        valid = false;
      }
      if (!valid) expect(jsonErrorOffset(part)).toBeLessThanOrEqual(part.length);
      expect(jsonErrorOffset(`${text}\u0001`)).toBe(text.length);
    }),
  );
});

test('deep nesting needs no stack', () => {
  const text = '['.repeat(1_000_000);
  expect(jsonErrorOffset(text)).toBe(text.length);
});
