import { isSampled, isTraceparent } from './traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('traceparent', () => {
  it('is version, trace, span and flags, in lower-case hexadecimal digits', () => {
    expect(isTraceparent(`00-${TRACE}-${SPAN}-01`)).toBe(true);
    for (const wrong of [
      '',
      `01-${TRACE}-${SPAN}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
      `00-${'0'.repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `00-${TRACE.slice(1)}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}-1`,
      `00-${TRACE}-${SPAN}-01-more`,
      `00-${TRACE}-${SPAN}-01\n`,
    ]) {
      expect(isTraceparent(wrong)).toBe(false);
    }
  });

  it('is sampled by the lowest flag alone', () => {
    const sampled = (flags: string): boolean => isSampled(`00-${TRACE}-${SPAN}-${flags}`);
    expect(['01', '03', 'ff'].map(sampled)).toEqual([true, true, true]);
    expect(['00', '02', 'fe'].map(sampled)).toEqual([false, false, false]);
  });
});
