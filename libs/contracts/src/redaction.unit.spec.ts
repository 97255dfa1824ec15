import fc from 'fast-check';
import { redactEvent } from './redaction.js';

const inHeaders = (headers: string): string => `{"properties":{"inputs":{"extra_headers":${headers}}}}`;

describe('redactEvent', () => {
  it.each([
    'authorization',
    'Authorization',
    'PROXY-AUTHORIZATION',
    'Cookie',
    'set-cookie',
    'x-api-key',
    'X_API_KEY',
    'Api-Key',
    'x-goog-iam-authorization-token',
    'client-secret',
    'Password',
    'x-amz-security-token',
    'tokens',
  ])('replaces the value of %s', (name) => {
    expect(redactEvent(inHeaders(`{"a":1, "${name}" : "Bearer x" }`))).toBe(
      inHeaders(`{"a":1, "${name}" : "[redacted]" }`),
    );
  });

  it.each(['authorization2', 'x-authorization', 'cookies', 'apikey', 'accept', 'x-request-id', ''])(
    'keeps the value of %j',
    (name) => {
      const text = inHeaders(`{"${name}":"Bearer x"}`);
      expect(redactEvent(text)).toBe(text);
    },
  );

  it.each(['null', 'true', '1e999', '""', '"a\\"b\\\\"', '[]', '["x",{"y":["]"]}]', '{"a":{"b":"}"}}'])(
    'replaces the whole of %s',
    (value) => {
      expect(redactEvent(inHeaders(`{"cookie":${value},"a":${value}}`))).toBe(
        inHeaders(`{"cookie":"[redacted]","a":${value}}`),
      );
    },
  );

  it('replaces values in a list of pairs, and whatever else follows the name there', () => {
    expect(
      redactEvent(
        inHeaders(
          '[["Cookie","a"],["a","b"],[ "COOK\\u0049E" , "b" , 3 ],[],["cookie"],[1,"cookie"],"cookie",["token",{}]]',
        ),
      ),
    ).toBe(
      inHeaders(
        '[["Cookie","[redacted]"],["a","b"],[ "COOK\\u0049E" , "[redacted]" , "[redacted]" ],[],["cookie"],[1,"cookie"],"cookie",["token","[redacted]"]]',
      ),
    );
  });

  it('finds every key on the way however it is spelled, and every time it is repeated', () => {
    const text = String.raw`{"\u0070roperties":{"input\u0073":{"\u0065x\u0074ra\u005Fheaders":{"\u0043ookie":1,"Cookie":2},"extra_headers":{"to\u006ben":3}},
      "inputs":{"extra_headers":{"token":4}}},"properties":{"inputs":{"extra_headers":{"token":5}, "extra_headers":{}}}}`;
    const redacted = redactEvent(text);
    expect(redacted).toBe(text.replaceAll(/:([1-5])/g, ':"[redacted]"'));
    expect(redacted).not.toBe(text);
  });

  it.each([0x65, 0x78, 0x74, 0x72, 0x61, 0x5f, 0x68, 0x64, 0x73])(
    'finds the key with its letter %i escaped in either case',
    (code) => {
      for (const hex of [code.toString(16), code.toString(16).toUpperCase()]) {
        const key = 'extra_headers'.replaceAll(String.fromCharCode(code), `\\u00${hex}`);
        expect(redactEvent(`{"properties":{"inputs":{"${key}":{"token":1}}}}`)).toContain('"[redacted]"');
      }
    },
  );

  it('replaces further names that it is given, in any case', () => {
    expect(redactEvent(inHeaders('{"X-Tenant":"t","token":"u"}'), { extraNames: ['x-TENANT'] })).toBe(
      inHeaders('{"X-Tenant":"[redacted]","token":"[redacted]"}'),
    );
  });

  it.each([
    '{"extra_headers":{"cookie":1},"inputs":{"extra_headers":{"cookie":1}}}',
    '{"properties":{"extra_headers":{"cookie":1},"output":{"extra_headers":{"cookie":1}}}}',
    '{"properties":{"inputs":{"cookie":1,"extra_body":{"extra_headers":{"cookie":1}}}}}',
    '{"properties":{"inputs":{"messages":"{\\"extra_headers\\":{\\"cookie\\":1}}"}}}',
    '{"properties":{"inputs":[{"extra_headers":{"cookie":1}}]}}',
    '{"properties":"extra_headers","x":1}',
    '[{"properties":{"inputs":{"extra_headers":{"cookie":1}}}}]',
    '{"properties":{"inputs":{"extra_headers":null}}}',
    '{"properties":{"inputs":{"extra_headers":"cookie"}}}',
    '{"properties":{"inputs":{"text":"\\u0065\\\\u0065"}}}',
  ])('keeps %s, where there is nothing to replace', (text) => {
    expect(redactEvent(text)).toBe(text);
  });

  it('changes nothing the second time', () => {
    const once = redactEvent(inHeaders('{"cookie":1}'));
    expect(redactEvent(once)).toBe(once);
  });

  it('survives 1,000 levels and 8 MiB, in the value or around it', () => {
    const deep = '[{"a":'.repeat(500) + '1' + '}]'.repeat(500);
    const image = `"${'A'.repeat(8 * 1024 * 1024)}"`;
    const many = `[${'{"token":"\\\\\\"","k":[1,2]},'.repeat(200_000)}0]`;
    for (const large of [deep, image, many]) {
      const of = (value: string) =>
        `{"x":${large},"properties":{"y":${large},"inputs":{"extra_headers":{"token":${value},"z":${large}}}}}`;
      // Compared so that a failure does not print megabytes.
      expect(redactEvent(of(large)) === of('"[redacted]"')).toBe(true);
    }
  });
});

/** The text of some JSON, and the text it should become. */
interface Texts {
  readonly before: string;
  readonly after: string;
}

const same = (text: string): Texts => ({ before: text, after: text });
const space = fc.constantFrom('', '', ' ', '\n\t', '\r\n ');
const someJson = fc.json({ maxDepth: 3 }).map(same);

/** A JSON string that says `text`, some of its characters escaped. */
const spelled = (text: string): fc.Arbitrary<string> =>
  fc.array(fc.nat(3), { minLength: text.length, maxLength: text.length }).map((choices) => {
    const characters = Array.from(text, (character, index) => {
      const hex = character.charCodeAt(0).toString(16).padStart(4, '0');
      return choices[index] === 0 ? `\\u${hex}` : choices[index] === 1 ? `\\u${hex.toUpperCase()}` : character;
    });
    return `"${characters.join('')}"`;
  });

function list(open: string, items: readonly Texts[], gap: string, close: string): Texts {
  const joined = (side: keyof Texts) =>
    open + gap + items.map((item) => item[side]).join(`${gap},${gap}`) + gap + close;
  return { before: joined('before'), after: joined('after') };
}

const member = (name: fc.Arbitrary<string>, value: fc.Arbitrary<Texts>): fc.Arbitrary<Texts> =>
  fc.tuple(name, space, value).map(([key, gap, texts]) => ({
    before: `${key}${gap}:${gap}${texts.before}`,
    after: `${key}${gap}:${gap}${texts.after}`,
  }));

/** An object whose members are mostly of the first kind. */
const object = (first: fc.Arbitrary<Texts>, ...others: fc.Arbitrary<Texts>[]): fc.Arbitrary<Texts> =>
  fc
    .tuple(fc.array(fc.oneof({ weight: 4, arbitrary: first }, ...others), { maxLength: 4 }), space)
    .map(([items, gap]) => list('{', items, gap, '}'));

const otherName = fc.constantFrom('"x"', '"__proto__"', '"input"', '"properties "', '"accept"', '""');
const secretName = fc.constantFrom('authorization', 'Set-Cookie', 'X-Api-Key', 'my_Token').chain(spelled);
const replaced = someJson.map(({ before }) => ({ before, after: '"[redacted]"' }));
const pair = fc.oneof(
  fc.tuple(secretName.map(same), replaced).map((items) => list('[', items, ' ', ']')),
  fc.tuple(otherName.map(same), someJson).map((items) => list('[', items, '', ']')),
);
const headers = fc.oneof(
  object(member(secretName, replaced), member(otherName, someJson)),
  fc.array(pair, { maxLength: 3 }).map((items) => list('[', items, '\n', ']')),
);
const under = (name: string, value: fc.Arbitrary<Texts>) =>
  object(member(spelled(name), value), member(spelled(name), someJson), member(otherName, someJson));
const event = under('properties', under('inputs', under('extra_headers', headers)));

describe('redactEvent, of any event', () => {
  it('changes the text of those values and nothing else', () => {
    let changed = 0;
    fc.assert(
      fc.property(event, ({ before, after }) => {
        JSON.parse(before);
        if (before !== after) changed += 1;
        expect(redactEvent(before)).toBe(after);
      }),
      { numRuns: 1_000 },
    );
    expect(changed).toBeGreaterThan(100);
  });

  it('is parsed as the original with those values replaced', () => {
    fc.assert(
      fc.property(event, ({ before }) =>
        expect(JSON.parse(redactEvent(before))).toEqual(replacedIn(JSON.parse(before))),
      ),
    );
  });
});

/** The same change made to the parsed value, where only the last of repeated keys is left. */
function replacedIn(parsed: unknown): unknown {
  const found = ownMember(ownMember(ownMember(parsed, 'properties'), 'inputs'), 'extra_headers');
  const secret = /^(authorization|set-cookie)$|api-key|token/i;
  if (Array.isArray(found)) {
    for (const item of found) if (Array.isArray(item) && secret.test(String(item[0]))) item.fill('[redacted]', 1);
  } else if (typeof found === 'object' && found !== null) {
    const members = found as Record<string, unknown>;
    for (const name of Object.keys(members)) if (secret.test(name)) members[name] = '[redacted]';
  }
  return parsed;
}

function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
