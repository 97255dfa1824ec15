import { summarizeCost, type CostSample } from './summary.js';

const sample = (overrides: Partial<CostSample>): CostSample => ({
  round: 1,
  server: 'Logbook',
  shape: 'one',
  events: 100,
  eventsPerSecond: 1_000,
  serverUsPerEvent: 100,
  kafkaUsPerEvent: 20,
  bodyBytesPerEvent: 1_300,
  logBytesPerEvent: 500,
  shrink: 4,
  ...overrides,
});

const APPENDS_NOTHING = { kafkaUsPerEvent: null, logBytesPerEvent: null, shrink: null } as const;

describe('summarizeCost', () => {
  const rows = summarizeCost([
    sample({ server: 'bare HTTP', serverUsPerEvent: 50, ...APPENDS_NOTHING }),
    sample({}),
    sample({ shape: 'many', serverUsPerEvent: 25 }),
    sample({ round: 2, server: 'bare HTTP', serverUsPerEvent: 100, ...APPENDS_NOTHING }),
    sample({ round: 2, serverUsPerEvent: 300, shrink: 6 }),
    sample({ round: 2, shape: 'many', serverUsPerEvent: 30 }),
  ]);
  const rowOf = (server: string, shape: string) => rows.find((row) => row.server === server && row.shape === shape);

  it('compares with the baseline of the same round', () => {
    expect(rowOf('Logbook', 'one')?.cpuRatio).toEqual({ 'bare HTTP': { median: 2.5, min: 2, max: 3 } });
    expect(rowOf('bare HTTP', 'one')?.cpuRatio).toEqual({});
  });

  it('compares with the first shape on the same server in the same round', () => {
    expect(rowOf('Logbook', 'many')?.firstShapeRatio).toEqual({ median: 0.175, min: 0.1, max: 0.25 });
    expect(rowOf('Logbook', 'one')?.firstShapeRatio).toBeUndefined();
  });

  it('has no broker time and no log for a server that appends nothing', () => {
    expect(rowOf('bare HTTP', 'one')?.kafkaUsPerEvent).toBeUndefined();
    expect(rowOf('bare HTTP', 'one')?.logBytesPerEvent).toBeUndefined();
    expect(rowOf('bare HTTP', 'one')?.shrink).toBeUndefined();
    expect(rowOf('Logbook', 'one')?.kafkaUsPerEvent).toEqual({ median: 20, min: 20, max: 20 });
    expect(rowOf('Logbook', 'one')?.logBytesPerEvent).toEqual({ median: 500, min: 500, max: 500 });
    expect(rowOf('Logbook', 'one')?.shrink).toEqual({ median: 5, min: 4, max: 6 });
  });
});
