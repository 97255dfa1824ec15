import { subscriberRatios } from './report.js';
import type { Subject, SubscriberSample } from './subscriber.bench.js';

const sample = (round: number, subject: Subject, eventsPerSecond: number, program: number): SubscriberSample => ({
  ...{ round, subject, eventsPerSecond, cpuUsPerEvent: { program } },
  ...{ events: 1_000, seconds: 1_000 / eventsPerSecond, peakBytes: undefined },
});

describe('subscriberRatios', () => {
  it('compares within a round, and counts what a second of processor time handles as well', () => {
    const ratios = subscriberRatios([
      sample(1, 'bare kafkajs', 100, 10),
      sample(1, 'subscriber (many)', 60, 16),
      sample(1, 'subscriber (single)', 50, 20),
      sample(1, 'stock Nest', 10, 100),
      sample(2, 'bare kafkajs', 10, 10),
      sample(2, 'subscriber (many)', 8, 12.5),
      sample(2, 'subscriber (single)', 5, 20),
      sample(2, 'stock Nest', 1, 100),
    ]);
    expect(ratios.map(({ of, to, rate, cpu }) => [of, to, rate.min, rate.max, cpu.min, cpu.max])).toEqual([
      ['subscriber (many)', 'bare kafkajs', 0.6, 0.8, 0.625, 0.8],
      ['subscriber (single)', 'bare kafkajs', 0.5, 0.5, 0.5, 0.5],
      ['subscriber (many)', 'stock Nest', 6, 8, 6.25, 8],
      ['subscriber (single)', 'stock Nest', 5, 5, 5, 5],
    ]);
  });
});
