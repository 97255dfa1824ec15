import { Axis, sizeLabel } from './axis.js';
import { growthSvg } from './plot.js';
import type { GrowthRow } from './summary.js';

const row = (overrides: Partial<GrowthRow>): GrowthRow => ({
  dimension: 'body',
  series: 'gateway',
  size: 1_000,
  usPerEvent: { median: 10, min: 10, max: 10 },
  timesSmallest: null,
  exponent: null,
  ...overrides,
});

/** Every tag that opens closes in its place, every attribute is quoted, and text holds no bare sign of markup. */
function requireWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(/<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>/g, (_, closing, name, __, empty) => {
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (empty !== '/') open.push(name as string);
    return '';
  });
  expect(open).toEqual([]);
  expect(rest.replace(/&(amp|lt|gt|quot);/g, '')).not.toMatch(/[<>&]/);
}

describe('Axis', () => {
  const axis = Axis.over([20, 300], { from: 0, to: 200 });

  it('covers whole decades, and puts each tenfold as far as the next', () => {
    expect(axis.decades).toEqual([10, 100, 1_000]);
    expect([10, 100, 1_000].map((value) => axis.at(value))).toEqual([0, 100, 200]);
    expect(axis.at(31.6227766)).toBe(50);
  });

  it('has a decade also for one value on its edge', () => {
    expect(Axis.over([100], { from: 0, to: 200 }).decades).toEqual([100, 1_000]);
  });

  it('labels sizes in thousands and millions', () => {
    expect([0.1, 999, 1_000, 100_000, 1_000_000].map(sizeLabel)).toEqual(['0.1', '999', '1k', '100k', '1M']);
  });
});

describe('growthSvg', () => {
  const svg = growthSvg([
    row({}),
    row({ size: 10_000, usPerEvent: { median: 100, min: 50, max: 200 } }),
    row({ series: 'free', usPerEvent: { median: 1, min: 0, max: 2 } }),
    row({ dimension: 'batch', series: 'a <b> & "c"', size: 10 }),
  ]);

  it('is well-formed, whatever a series is called', () => {
    requireWellFormed(svg);
    expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
    expect(() => requireWellFormed(svg.replace('</g>', ''))).toThrow();
    expect(() => requireWellFormed(svg.replace('&amp;', '&'))).toThrow();
  });

  it('has a panel for each dimension that was measured', () => {
    expect(svg.match(/class="title">[^<]+/g)).toEqual([
      'class="title">Size of a batch',
      'class="title">Size of a body',
    ]);
    expect(svg).toContain('viewBox="0 0 940 440"');
  });

  it('puts points where the axes say, with their spread', () => {
    // Sizes 1k to 10k over 62 to 442; costs 10 to 1,000 over 270 to 40.
    expect(svg).toContain('<circle cx="62" cy="270"');
    expect(svg).toContain('<circle cx="442" cy="155"');
    expect(svg).toContain('<path d="M62 270L442 155"');
    expect(svg).toContain('<line x1="442" y1="189.6" x2="442" y2="120.4"');
  });

  it('draws the line of a cost in proportion from the first point', () => {
    expect(svg).toContain('<line class="slope" x1="62" y1="270" x2="442" y2="155"/>');
  });

  it('leaves out what costs nothing that can be counted', () => {
    expect(svg).not.toContain('free');
  });

  it('labels both axes with their units', () => {
    expect(svg).toContain('>CPU µs an event</text>');
    expect(svg).toContain('>bytes a body, one event a request</text>');
  });
});
