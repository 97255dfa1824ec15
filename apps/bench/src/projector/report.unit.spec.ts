import type { ProjectorSample } from './projector.bench.js';
import { readProjectorOptions } from './projector.options.js';
import { buildProjectorReport, renderProjectorReport } from './report.js';
import type { Subject } from './subjects.js';

const sample = (round: number, subject: Subject, eventsPerSecond: number): ProjectorSample => ({
  ...{ round, subject, eventsPerSecond, events: 1_000, seconds: 1_000 / eventsPerSecond, peakBytes: undefined },
  cpuUsPerEvent: { ...(subject !== 'COPY' && { program: 20 }), PostgreSQL: 10, Kafka: 1 },
  ...(subject === 'projector' && { batchEvents: { median: 900 + round, min: 1, max: 4_000 } }),
});

describe('the report of the projector', () => {
  const samples = [
    sample(1, 'bare kafkajs', 100),
    sample(1, 'projector', 20),
    sample(1, 'COPY', 40),
    sample(1, 'stock Nest + TypeORM', 1),
    sample(2, 'bare kafkajs', 100),
    sample(2, 'projector', 10),
    sample(2, 'COPY', 40),
    sample(2, 'stock Nest + TypeORM', 0.1),
  ];
  const report = buildProjectorReport(
    readProjectorOptions([]),
    { fsync: 'on', ownServers: true, samples },
    new Date('2026-01-01'),
  );

  it('compares rates within a round', () => {
    expect(report.ratios.map(({ to, rate, goal }) => [to, rate.min, rate.max, goal])).toEqual([
      ['stock Nest + TypeORM', 20, 100, 100],
      ['COPY', 0.25, 0.5, undefined],
      ['bare kafkajs', 0.1, 0.2, undefined],
    ]);
  });

  it('prints what each costs and how large the batches are', () => {
    const text = renderProjectorReport(report);
    expect(text).toMatch(/^projector +1000 +15 \(10–20\) +program 20\.0, PostgreSQL 10\.0, Kafka 1\.0/m);
    expect(text).toMatch(/^COPY +1000 +40 \(40–40\) +PostgreSQL 10\.0/m);
    expect(text).toContain('events a batch: median 902 (901–902), most 4000 (4000–4000)');
  });
});
