import { deflateRawSync } from 'node:zlib';
import { encodeMessage, summaryOfBody } from '@logbook/contracts';
import { Telemetry } from './telemetry.js';

describe('Telemetry', () => {
  const telemetry = new Telemetry();
  const events = Array.from({ length: 2_000 }, () => telemetry.event());

  it('has bodies of about 1.3 KB that compress as real ones do', () => {
    const bytes = Buffer.concat(events.map(({ body }) => body));
    expect(bytes.length / events.length).toBeGreaterThan(1_000);
    expect(bytes.length / events.length).toBeLessThan(1_600);
    const shrinks = bytes.length / deflateRawSync(bytes).length;
    expect(shrinks).toBeGreaterThan(3);
    expect(shrinks).toBeLessThan(16);
  });

  it('names in headers what the body says', () => {
    const [event] = events;
    expect(event?.summary).toEqual(event && summaryOfBody(event.body));
    expect(event?.summary).toMatchObject({ api: expect.any(String), inputTokens: expect.any(Number) });
  });

  it('spreads events over sessions of several, some without one', () => {
    const sessions = new Set(events.map(({ session }) => session));
    expect(sessions.has(null)).toBe(true);
    expect(events.length / sessions.size).toBeGreaterThan(2);
    expect(new Set(events.map((event) => encodeMessage(event).key)).size).toBeGreaterThan(sessions.size);
  });

  it('tells the same story at every run, but for the ids of its events', () => {
    const again = new Telemetry();
    const { id, ...first } = again.event();
    expect(first).toEqual({ ...events[0], id: undefined });
    expect(id).not.toBe(events[0]?.id);
  });
});
