import fc from 'fast-check';
import {
  elementSpans,
  exceedsNesting,
  memberElements,
  memberSpan,
  memberSpans,
  memberText,
  NESTING_MAX,
  nestingDepth,
  REQUEST_NESTING_MAX,
} from './json-text.js';

const nested = (levels: number): string => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);

describe('memberText', () => {
  it.each([
    ['{"a":1}', '1'],
    [' {\n"a" :\t[ 1, {"a": 2} ] \r}', '[ 1, {"a": 2} ]'],
    ['{"b":{"a":1},"a":"x,}\\"]"}', '"x,}\\"]"'],
    ['{"a":"\\\\"}', '"\\\\"'],
    ['{"a":"\\\\\\""}', '"\\\\\\""'],
    ['{"a":12345678901234567890.0e+1}', '12345678901234567890.0e+1'],
    ['{"a":1,"a":{} }', '{}'],
    ['{"\\u0061":true,"b":null}', 'true'],
    ['{"a":"\\ud800\\u0000"}', '"\\ud800\\u0000"'],
  ])('of a in %s is %s', (text, value) => {
    expect(memberText(text, 'a')).toBe(value);
  });

  it.each(['{}', '{ }', '[]', '["a",1]', '"a"', '1', 'null', '{"b":{"a":1}}', '{"b":"\\"a\\":1"}', '{"A":1}', ''])(
    'of a in %j is undefined',
    (text) => expect(memberText(text, 'a')).toBeUndefined(),
  );

  it('finds names that mean something to JavaScript', () => {
    expect(memberText('{"__proto__":{"x":1},"":2}', '__proto__')).toBe('{"x":1}');
    expect(memberText('{"__proto__":{"x":1},"":2}', '')).toBe('2');
    expect(memberText('{}', 'toString')).toBeUndefined();
  });

  it('agrees with JSON.parse on every member of every object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.nat(3), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        expect(
          Object.fromEntries(
            Object.keys(parsed).map((name) => [name, JSON.parse(memberText(text, name) ?? '') as unknown]),
          ),
        ).toEqual(parsed);
      }),
    );
  });
});

describe('memberElements', () => {
  const elementsOf = (text: string): string[] =>
    memberElements(text, 'a').map(({ start, end }) => text.slice(start, end));

  it.each([
    ['{"a":[1, "]" ,{}]}', ['1', '"]"', '{}']],
    ['{"b":[0],"a" : [ 1 ] ,"c":[2]}', ['1']],
    ['{"a":[1],"a":[2,3 ],"b":4}', ['2', '3']],
    ['{"a":[1],"a":{"a":[2]}}', []],
    ['{"a":[1],"a":[]}', []],
    ['{"a":[[1],[2,[3]]] }', ['[1]', '[2,[3]]']],
    ['{"\\u0061":[1]}', ['1']],
    ['{"b":{"a":[1]}}', []],
    ['{"a":"[1]"}', []],
    ['{}', []],
    ['[{"a":[1]}]', []],
    ['', []],
  ])('of a in %s are %j', (text, elements) => expect(elementsOf(text)).toEqual(elements));

  it('are the elements of the list that JSON.parse gives, each as deep as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), fc.nat(3), (list, other, indent) => {
        const text = JSON.stringify({ before: other, a: list, behind: list }, null, indent);
        const elements = memberElements(text, 'a');
        expect(elementsOf(text).map((element) => JSON.parse(element) as unknown)).toEqual(
          JSON.parse(JSON.stringify(list)),
        );
        expect(elements.map(({ depth }) => depth)).toEqual(elementsOf(text).map(nestingDepth));
      }),
    );
  });

  it.each(['{"a":[1', '{"a":[1,', '{"a":[1]', '{"a":[1}', '{"a"', '{"a":[]]]', '{"a":[1],'])(
    'end for the text %s, which is not JSON',
    (text) => expect(elementsOf(text).length).toBeLessThan(3),
  );
});

describe('memberSpan, memberSpans and elementSpans', () => {
  const text = '{"a": [1, "]" ,{}], "a":2}';
  const slice = ({ start, end }: { start: number; end: number }) => text.slice(start, end);

  it('name every member, repeated ones too, and where its value stands', () => {
    expect([...memberSpans(text)].map((member) => [member.name, slice(member)])).toEqual([
      ['a', '[1, "]" ,{}]'],
      ['a', '2'],
    ]);
    expect(slice(memberSpan(text, 'a') as { start: number; end: number })).toBe('2');
  });

  it('give the elements of the list that begins at a place', () => {
    expect([...elementSpans(text, text.indexOf('['))].map(slice)).toEqual(['1', '"]"', '{}']);
    expect([...elementSpans('[ ]')]).toEqual([]);
    expect([...elementSpans('[1, "[", {}, [[]], {"a":[{}],"b":[]}]')].map(({ depth }) => depth)).toEqual([
      0, 0, 1, 2, 3,
    ]);
    expect([...elementSpans(text)]).toEqual([]);
  });

  it('agree with JSON.parse on every element of every list', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(3), (list, indent) => {
        const json = JSON.stringify(list, null, indent);
        expect([...elementSpans(json)].map(({ start, end }) => JSON.parse(json.slice(start, end)) as unknown)).toEqual(
          JSON.parse(json),
        );
      }),
    );
  });
});

describe('nestingDepth and exceedsNesting', () => {
  it.each([
    ['1', 0],
    ['"[[["', 0],
    ['{}', 1],
    ['[[],[[]]]', 3],
    ['{"[":{"a\\"[":[]}}', 3],
    ['["\\\\",[]]', 2],
  ])('%s is nested %i deep', (text, depth) => {
    expect(nestingDepth(text)).toBe(depth);
    expect(exceedsNesting(text, depth)).toBe(false);
    if (depth > 0) expect(exceedsNesting(text, depth - 1)).toBe(true);
  });

  it('allow a request whose properties hold 1,000 levels, in an event or in a batch, and refuse one well over that', () => {
    const event = (levels: number) => `{"event_name":"llm","properties":{"a":${nested(levels)}}}`;
    expect(exceedsNesting(event(NESTING_MAX))).toBe(false);
    expect(exceedsNesting(`{"events":[${event(NESTING_MAX)}]}`)).toBe(false);
    expect(nestingDepth(`{"events":[${event(NESTING_MAX)}]}`)).toBeLessThanOrEqual(REQUEST_NESTING_MAX);
    expect(exceedsNesting(event(NESTING_MAX + 10))).toBe(true);
  });

  it('count levels that are not closed', () => {
    expect(exceedsNesting('['.repeat(5), 4)).toBe(true);
    expect(exceedsNesting('['.repeat(5), 5)).toBe(false);
  });

  it('survive a million levels', () => {
    const text = nested(1_000_000);
    expect(nestingDepth(text)).toBe(1_000_000);
    expect(exceedsNesting(text)).toBe(true);
    expect(memberText(`{"a":${text},"b":1}`, 'b')).toBe('1');
  });
});

describe('any text, valid or not', () => {
  it('is read to its end without an error', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', 'a', '1', '"a":', 'null');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (list) => {
        const text = list.join('');
        expect(exceedsNesting(text, 3)).toBe(nestingDepth(text) > 3);
      }),
      { numRuns: 500 },
    );
    for (const text of [
      '{"a',
      '{"a"',
      '{"a":',
      '{"a":1',
      '{"a":"',
      '{"a":[',
      '{"a":1,',
      '{"a":1,}',
      '[',
      '[1',
      '[1,',
      '["\\',
    ]) {
      expect([...memberSpans(text)].length + [...elementSpans(text)].length).toBeLessThan(3);
    }
  });

  it('with a megabyte of backslashes and quotes is passed in one go', () => {
    const text = `{"a":"${'\\\\'.repeat(500_000)}${'\\"'.repeat(500_000)}","b":1}`;
    expect(memberText(text, 'b')).toBe('1');
  });
});
