import { readCompareOptions } from './compare.options.js';

describe('readCompareOptions', () => {
  it('asks for 0.85 of the baseline and takes the newest result, unless told otherwise', () => {
    expect(readCompareOptions(['a.json'])).toEqual({
      help: false,
      baseline: 'a.json',
      result: undefined,
      least: 0.85,
      run: false,
    });
  });

  it.each(['1', '0.001', '.5'])('takes --least %s', (text) => {
    expect(readCompareOptions(['a.json', 'b.json', '--least', text])).toMatchObject({
      result: 'b.json',
      least: Number(text),
    });
  });

  it.each(['0', '1.001', '-0.5', '1e-1', 'half', ''])('refuses --least %s', (text) => {
    expect(() => readCompareOptions(['a.json', `--least=${text}`])).toThrow('must be a number above 0 and up to 1');
  });

  it('refuses a call without a baseline, with a third file, and with a result that would be made anew', () => {
    expect(() => readCompareOptions([])).toThrow('needs the file of a baseline');
    expect(() => readCompareOptions(['a', 'b', 'c'])).toThrow('c: compare takes two files');
    expect(() => readCompareOptions(['a', 'b', '--run'])).toThrow('--run makes the result');
  });
});
