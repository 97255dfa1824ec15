import { parseBody } from '../body/parse-body.js';
import { requireItems } from './batch-items.js';

const BOM = '\ufeff';
const EVENTS = ['{"a":1}', '{ "b" : "]" }', '{"c":"\\u00e4"}'];

describe('the items of a batch', () => {
  describe.each([
    ['of ASCII', ''],
    ['of Latin letters', 'ä'],
    ['of other letters', '日本'],
    ['of letters beyond the first 65,536', '\u{1f600}'],
  ])('%s', (_, letters) => {
    const events = [...EVENTS, `{"d":"${letters}"}`, '{"e":2}'];

    it.each([
      ['a list', 'JSON' as const, `{"events":[ ${events.join(' ,\n')} ]}`],
      ['a list behind a byte order mark', 'JSON' as const, `${BOM}{"events":[${events.join(',')}]}`],
      ['lines', 'NDJSON' as const, `\n${events.join(' \r\n ')}\n`],
      ['lines behind a byte order mark', 'NDJSON' as const, `${BOM}${events.join('\n')}`],
    ])('in %s are texts, their bytes, and what they say', (__, mediaType, body) => {
      const items = requireItems(parseBody(Buffer.from(body), mediaType));
      expect(items.map(({ text }) => text)).toEqual(events);
      expect(items.map(({ bytes }) => bytes.toString())).toEqual(events);
      expect(items.map((item) => item.parse())).toEqual(events.map((event) => JSON.parse(event) as unknown));
    });
  });
});
