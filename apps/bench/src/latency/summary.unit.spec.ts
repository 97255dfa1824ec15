import { summarize, type Sample } from './summary.js';

const sample = (round: number, scenario: Sample['scenario'], p50Ms: number): Sample => ({
  round,
  scenario,
  concurrency: 1,
  requests: 10,
  p50Ms,
  p99Ms: p50Ms * 2,
  requestsPerSecond: 1000 / p50Ms,
  cpuUsPerRequest: { gateway: p50Ms * 100 },
});

describe('summarize', () => {
  const rows = summarize([
    sample(1, 'bare HTTP server', 1),
    sample(1, 'POST /events', 3),
    sample(2, 'bare HTTP server', 10),
    sample(2, 'POST /events', 20),
  ]);

  it('divides by the baseline of the same round, so that a slow moment counts on both sides', () => {
    expect(rows[1]?.p50Ratio['bare HTTP server']).toEqual({ median: 2.5, min: 2, max: 3 });
  });

  it('gives medians with their spread, and CPU time by process', () => {
    expect(rows[1]?.p50Ms).toEqual({ median: 11.5, min: 3, max: 20 });
    expect(rows[1]?.cpuUsPerRequest.gateway?.median).toBe(1150);
  });

  it('compares no baseline with itself, and with none that was not measured', () => {
    expect(rows[0]?.p50Ratio).toEqual({});
    expect(rows[1]?.p50Ratio).not.toHaveProperty('bare Kafka produce');
  });
});
