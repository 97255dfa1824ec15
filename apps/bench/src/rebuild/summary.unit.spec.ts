import type { Sample } from './rebuild.bench.js';
import type { Subject } from './subjects.js';
import { memoryRatio, ratiosOf, summarizeRebuilds } from './summary.js';

const sample = (round: number, subject: Subject, eventsPerSecond: number): Sample => ({
  round,
  subject,
  events: 1_000,
  seconds: 1_000 / eventsPerSecond,
  eventsPerSecond,
  cpuUsPerEvent: { program: 10 * round },
  peakBytes: 100 * round,
});

const samples = [
  sample(1, 'bare kafkajs', 100),
  sample(1, 'folding', 40),
  sample(2, 'bare kafkajs', 10),
  sample(2, 'folding', 6),
];

describe('ratiosOf', () => {
  it('divides by the baseline of the same round, so that a slow moment counts on both sides', () => {
    const [ratio] = ratiosOf(samples);
    expect(ratio).toMatchObject({
      of: 'folding',
      to: 'bare kafkajs',
      goal: 0.5,
      rate: { median: 0.5, min: 0.4, max: 0.6 },
    });
  });

  it('leaves out a baseline that was not measured', () => {
    expect(ratiosOf(samples).map(({ to }) => to)).toEqual(['bare kafkajs']);
  });
});

describe('summarizeRebuilds', () => {
  it('gives medians with their spread, and the most memory of all rounds', () => {
    expect(summarizeRebuilds(samples)[1]).toMatchObject({
      subject: 'folding',
      eventsPerSecond: { median: 23, min: 6, max: 40 },
      cpuUsPerEvent: { program: { median: 15 } },
      peakBytes: 200,
    });
  });
});

describe('memoryRatio', () => {
  it('divides the peak of the larger log by that of the smaller', () => {
    const peaks = [
      { events: 10, peakBytes: 200 },
      { events: 100, peakBytes: 250 },
    ];
    expect(memoryRatio(peaks)).toBe(1.25);
  });

  it('is unknown where only one was rebuilt', () => {
    expect(memoryRatio([])).toBeUndefined();
  });
});
