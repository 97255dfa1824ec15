import type { ComparableReport, ComparedRatio } from './compared-ratio.js';
import { compareReports } from './compare-reports.js';

const LEAST = { least: 0.85 };
const flat = (median: number) => ({ median, min: median, max: median });

const ratio = (overrides: Partial<ComparedRatio>): ComparedRatio => ({
  name: 'CPU × bare HTTP',
  better: 'LOWER',
  spread: flat(2),
  ...overrides,
});

const report = (overrides: Partial<ComparableReport>): ComparableReport => ({
  benchmark: 'batch',
  date: '2026-11-27T00:00:00.000Z',
  machine: { cpu: 'one', cores: 2, loadAverage: 1 },
  versions: { node: 'v20', kafkajs: '2.2.4' },
  settings: { rounds: 5, seconds: 3 },
  compared: [ratio({})],
  ...overrides,
});

function compareOne(was: ComparedRatio, is: ComparedRatio) {
  const compared = compareReports(report({ compared: [was] }), report({ compared: [is] }), LEAST);
  if (compared.outcome === 'DIFFERENT') throw new Error(compared.reasons.join());
  return compared.comparisons[0];
}

describe('compareReports', () => {
  it('lets 0.85 of the baseline pass and nothing below it, where higher is better', () => {
    const was = ratio({ better: 'HIGHER', spread: flat(100) });
    expect(compareOne(was, ratio({ better: 'HIGHER', spread: flat(85) }))).toMatchObject({
      kept: 0.85,
      verdict: 'HELD',
    });
    expect(compareOne(was, ratio({ better: 'HIGHER', spread: flat(84.9) }))).toMatchObject({ verdict: 'FELL' });
  });

  it('lets 0.85 of the baseline pass and nothing below it, where lower is better', () => {
    const was = ratio({ spread: flat(85) });
    expect(compareOne(was, ratio({ spread: flat(100) }))).toMatchObject({ kept: 0.85, verdict: 'HELD' });
    expect(compareOne(was, ratio({ spread: flat(100.1) }))).toMatchObject({ verdict: 'FELL' });
  });

  it('takes what got better for held', () => {
    expect(compareOne(ratio({ spread: flat(2) }), ratio({ spread: flat(1) }))).toMatchObject({
      kept: 2,
      verdict: 'HELD',
    });
  });

  it('calls a fall noise as long as the new median is within the rounds of the baseline', () => {
    const was = ratio({ spread: { median: 2, min: 1, max: 3 } });
    expect(compareOne(was, ratio({ spread: flat(3) }))).toMatchObject({ verdict: 'NOISE' });
    expect(compareOne(was, ratio({ spread: flat(3.01) }))).toMatchObject({ verdict: 'FELL' });
  });

  it('calls a fall noise as long as the old median is within the new rounds', () => {
    const was = ratio({ spread: flat(2) });
    expect(compareOne(was, ratio({ spread: { median: 3, min: 2, max: 4 } }))).toMatchObject({ verdict: 'NOISE' });
    expect(compareOne(was, ratio({ spread: { median: 3, min: 2.01, max: 4 } }))).toMatchObject({ verdict: 'FELL' });
  });

  it.each([
    ['another benchmark', { benchmark: 'gateway' }, 'the baseline is of batch, the result of gateway'],
    ['other settings', { settings: { rounds: 3, seconds: 3 } }, /^settings: .*"rounds":5.*"rounds":3/],
    ['a shape that is gone', { compared: [] }, 'only the baseline has: CPU × bare HTTP'],
  ])('refuses %s', (_, overrides, reason) => {
    expect(compareReports(report({}), report(overrides), LEAST)).toEqual({
      outcome: 'DIFFERENT',
      reasons: [expect.stringMatching(reason)],
    });
  });

  it('refuses a shape that the baseline does not have, and one that counts the other way', () => {
    const more = report({ compared: [ratio({}), ratio({ name: 'new' })] });
    expect(compareReports(report({}), more, LEAST)).toEqual({
      outcome: 'DIFFERENT',
      reasons: ['only the result has: new'],
    });
    const turned = report({ compared: [ratio({ better: 'HIGHER' })] });
    expect(compareReports(report({}), turned, LEAST)).toMatchObject({ outcome: 'DIFFERENT' });
  });

  it('says which machine and versions differ, and takes load for neither', () => {
    const elsewhere = report({
      machine: { cpu: 'two', cores: 2, loadAverage: 9 },
      versions: { node: 'v22', kafkajs: '2.2.4', pg: '8' },
    });
    expect(compareReports(report({}), elsewhere, LEAST)).toMatchObject({
      outcome: 'COMPARED',
      remarks: [
        'machine: cpu was one and is two',
        'versions: node was v20 and is v22',
        'versions: pg was absent and is 8',
      ],
    });
  });
});
