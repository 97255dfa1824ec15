import { utcTimeMs } from './utc-time.js';

describe('utcTimeMs', () => {
  it('reads times in UTC, to the millisecond', () => {
    expect(utcTimeMs('2026-01-02T03:04:05.678Z')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
    expect(utcTimeMs('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
  });

  it.each([
    '2026-01-02T03:04:05.678',
    '2026-01-02',
    'Jan 2 2026',
    '2026-01-02T03:04:05+02:00',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '',
  ])('does not read "%s"', (time) => {
    expect(utcTimeMs(time)).toBeUndefined();
  });
});
