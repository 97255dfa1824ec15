import { goldens } from '../golden.fixture.js';
import type { JsonSchema } from '../json-schema.js';
import { UPCASTERS } from '../upcast.js';
import { breaks } from './compatibility.js';
import { contractOfThisRelease, wholeContract, type Contract, type MessageContract } from './contract.js';
import { releasesIn } from './released.js';
import { RELEASED, without } from './validator.fixture.js';

const releases = releasesIn(RELEASED);
const contracts = releases.map(({ contract }) => contract);

describe.each(releases)('what version $version promised', ({ contract, goldens: promised }) => {
  it('is kept by this release', () => {
    expect(breaks(contract, wholeContract(contracts, UPCASTERS.keys()))).toEqual([]);
  });

  it('is still shown by its golden messages, unchanged', () => {
    const now = Object.fromEntries(goldens().map(({ name, sha256 }) => [name, sha256]));
    expect(now).toMatchObject(promised);
  });
});

describe('breaks', () => {
  const TYPE = 'com.logbook.made.up.v1';
  const message: MessageContract = {
    topic: 'commands',
    key: ['{ce_tenant}/made/{name}'],
    headers: {
      type: 'object',
      properties: { ce_type: { type: 'string', const: TYPE }, traceparent: { type: 'string' } },
      required: ['ce_type'],
    },
    value: {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 512, description: 'A name.' },
        note: { type: ['string', 'null'] },
        colour: { type: 'string', enum: ['red', 'green'] },
        inner: { type: 'object', properties: { depth: { type: 'integer' } }, required: ['depth'] },
      },
      required: ['name', 'inner'],
    },
  };
  const contract: Contract = { [TYPE]: message };
  const changed = (change: Partial<MessageContract>): Contract => ({ [TYPE]: { ...message, ...change } });
  const value = message.value!;
  const withValue = (change: JsonSchema): Contract => changed({ value: { ...value, ...change } });
  const withFields = (fields: Readonly<Record<string, JsonSchema>>): Contract =>
    withValue({ properties: { ...value.properties, ...fields } });
  const withoutField = (name: string): Contract => {
    return withValue({
      properties: without(value.properties!, name),
      required: value.required!.filter((one) => one !== name),
    });
  };
  const headers = (properties: Readonly<Record<string, JsonSchema>>): Contract =>
    changed({
      headers: { ...message.headers, properties: { ce_type: { type: 'string', const: TYPE }, ...properties } },
    });

  it.each<[string, Contract, string[]]>([
    ['nothing', contract, []],
    ['a removed type', {}, ['REMOVED com.logbook.made.up.v1']],
    ['another topic', changed({ topic: 'events' }), [`TOPIC_CHANGED ${TYPE} topic`]],
    ['another key', changed({ key: ['{ce_tenant}/{name}'] }), [`KEY_CHANGED ${TYPE} key`]],
    ['a removed field that was required', withoutField('name'), [`REMOVED ${TYPE} value.name`]],
    ['a removed field that was optional', withoutField('note'), [`REMOVED ${TYPE} value.note`]],
    ['a removed header', headers({}), [`REMOVED ${TYPE} headers.traceparent`]],
    ['a renamed header', headers({ trace: { type: 'string' } }), [`REMOVED ${TYPE} headers.traceparent`]],
    ['a narrowed type', withFields({ note: { type: 'string' } }), [`TYPE_CHANGED ${TYPE} value.note`]],
    [
      'a widened type',
      withFields({ name: { type: ['string', 'null'], maxLength: 512 } }),
      [`TYPE_CHANGED ${TYPE} value.name`],
    ],
    ['a narrowed limit', withFields({ name: { type: 'string', maxLength: 256 } }), [`TYPE_CHANGED ${TYPE} value.name`]],
    ['a widened limit', withFields({ name: { type: 'string' } }), [`TYPE_CHANGED ${TYPE} value.name`]],
    [
      'a field that became required',
      withValue({ required: ['name', 'inner', 'note'] }),
      [`NOW_REQUIRED ${TYPE} value.note`],
    ],
    [
      'a field that is not required any more',
      withValue({ required: ['inner'] }),
      [`NO_LONGER_REQUIRED ${TYPE} value.name`],
    ],
    [
      'a new field that is required',
      changed({
        value: { ...value, properties: { ...value.properties, more: {} }, required: ['name', 'inner', 'more'] },
      }),
      [`NOW_REQUIRED ${TYPE} value.more`],
    ],
    [
      'a removed value of an enumeration',
      withFields({ colour: { type: 'string', enum: ['red'] } }),
      [`VALUE_REMOVED ${TYPE} value.colour`],
    ],
    [
      'an enumeration where there was none',
      withFields({ note: { type: ['string', 'null'], enum: ['a'] } }),
      [`TYPE_CHANGED ${TYPE} value.note`],
    ],
    [
      'a removed field of a field',
      withFields({ inner: { type: 'object', properties: {}, required: [] } }),
      [`REMOVED ${TYPE} value.inner.depth`],
    ],
    ['a value that is bytes of any kind', changed({ value: null }), [`TYPE_CHANGED ${TYPE} value`]],
    ['a new type', { ...contract, 'com.logbook.made.up.v2': message }, []],
    ['a new header that is optional', headers({ traceparent: { type: 'string' }, more: { type: 'string' } }), []],
    ['a new field that is optional', withFields({ more: { type: 'string' } }), []],
    ['a new value of an enumeration', withFields({ colour: { type: 'string', enum: ['blue', 'green', 'red'] } }), []],
    ['another description', withFields({ name: { type: 'string', maxLength: 512, description: 'Its name.' } }), []],
  ])('finds what is broken by %s', (_, current, expected) => {
    expect(breaks(contract, current).map(({ kind, where }) => `${kind} ${where}`)).toEqual(expected);
  });

  it('finds each of them in a real contract too', () => {
    const current = contractOfThisRelease();
    for (const [type, one] of Object.entries(current)) {
      const [name] = one.headers.required!;
      const properties = without(one.headers.properties!, name!);
      const broken = { ...current, [type]: { ...one, headers: { ...one.headers, properties } } };
      expect(breaks(current, broken)).toEqual([{ kind: 'REMOVED', where: `${type} headers.${name}` }]);
    }
  });
});

describe('a version that was superseded', () => {
  const old: Contract = { 'com.logbook.agent.rename.v1': contractOfThisRelease()['com.logbook.agent.register.v1']! };

  it('is promised as it was last released, as long as an upcaster reads it', () => {
    const whole = wholeContract([{}, old], ['com.logbook.agent.rename.v1']);
    expect(breaks(old, whole)).toEqual([]);
    expect(breaks(old, wholeContract([{}, old], []))).toEqual([
      { kind: 'REMOVED', where: 'com.logbook.agent.rename.v1' },
    ]);
  });

  it('has no upcaster without having been released', () => {
    expect(() => wholeContract([old], ['com.logbook.agent.rename.v2'])).toThrow(
      'com.logbook.agent.rename.v2 has an upcaster but is in no released contract',
    );
  });
});
