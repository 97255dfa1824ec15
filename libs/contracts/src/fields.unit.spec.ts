import { validatorOf } from './contract/validator.fixture.js';
import {
  boolean,
  countFromOne,
  formatVersion,
  hex,
  identifier,
  jsonObjectText,
  object,
  oneOf,
  optional,
  orNull,
  readFields,
  text,
  uuid,
  type Field,
} from './fields.js';
import { PoisonError } from './poison.js';

const UUID = '4e568d47-5dc4-8fd4-8b27-30bff8206323';

/** Values at and past every edge of every kind. */
const SAMPLES: readonly unknown[] = [
  ...[null, true, false, [], [1], {}],
  ...[-1, -0, 0, 1, 1.5, 2, 2 ** 53 - 1, 2 ** 53, '0', '1'],
  ...['', 'a', 'a\n', '\u0000', 'a\u007f', 'a\u009f', 'a\u00a0', 'é', '\ud800', 'a\udc00'],
  ...['x'.repeat(512), 'x'.repeat(513), '👩'.repeat(512), '👩'.repeat(513)],
  ...[UUID, UUID.toUpperCase(), `${UUID}0`, UUID.slice(1), `${UUID}\n`, UUID.replace('4', 'g')],
  ...['0'.repeat(16), '0'.repeat(15), '0'.repeat(17), 'F'.repeat(16), `${'0'.repeat(15)}\n`, 'f'.repeat(64)],
  ...['{}', '{"a":1}', '[]', '{'],
  ...[{ n: 1 }, { n: 0 }, { n: 1, more: true }, { more: true }],
];

function reads(field: Field<unknown>, value: unknown): boolean {
  try {
    field.read(value, 'field');
    return true;
  } catch (error) {
    if (error instanceof PoisonError) return false;
    throw error;
  }
}

const KINDS: Readonly<Record<string, Field<unknown>>> = {
  text,
  boolean,
  identifier,
  uuid,
  countFromOne,
  'hex(16)': hex(16),
  'oneOf(a, é)': oneOf(['a', 'é']),
  'formatVersion(1)': formatVersion(1),
  'orNull(identifier)': orNull(identifier),
  'orNull(uuid)': orNull(uuid),
  'optional(boolean)': optional(boolean),
  'object({ n })': object({ n: countFromOne }),
  'object({ n? })': object({ n: optional(countFromOne) }),
};

describe('a kind of field', () => {
  it.each(Object.keys(KINDS))('%s reads what its schema takes, and nothing else', (name) => {
    const field = KINDS[name]!;
    const validate = validatorOf(field.schema);
    const read = SAMPLES.filter((value) => reads(field, value));
    expect(read).toEqual(SAMPLES.filter((value) => validate(value)));
    expect(read).not.toHaveLength(0);
    expect(read.length).toBeLessThan(SAMPLES.length);
  });

  it('jsonObjectText has a schema that is wider: what a text holds is not for a schema to say', () => {
    expect(SAMPLES.filter((value) => reads(jsonObjectText, value))).toEqual(['{}', '{"a":1}']);
    const validate = validatorOf(jsonObjectText.schema);
    expect(SAMPLES.filter((value) => validate(value))).toEqual(SAMPLES.filter((value) => typeof value === 'string'));
  });

  it('that is optional may be absent, and no other', () => {
    const fields = { needed: text, free: optional(text) };
    expect(readFields(fields, { needed: 'a' })).toEqual({ needed: 'a', free: undefined });
    expect(() => readFields(fields, { free: 'a' })).toThrow('needed must be a string');
    expect(() => readFields(fields, { needed: 'a', free: null })).toThrow('free must be a string');
    const validate = validatorOf(object(fields).schema);
    expect([{ needed: 'a' }, { free: 'a' }, { needed: 'a', free: null }].map((value) => validate(value))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
