import { setTimeout as delay } from 'node:timers/promises';
import { LogUnavailableError } from '@logbook/core';
import { eventually, type SpanReceiver, startSpanReceiver } from '@logbook/testing';
import { createLogger, type Logger } from '../logger.js';
import type { Sampler } from './sampler.js';
import { startTracing, type SpanOptions, type Tracing } from './tracing.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const UNSAMPLED = PARENT.replace(/01$/, '00');
const PARENT_BASED: Sampler = { name: 'parentbased_always_on', ratio: 1 };
const SERVER: SpanOptions = { kind: 'SERVER', attributes: {} };
/** OpenTelemetry's defaults of `OTEL_BSP_MAX_QUEUE_SIZE`, and of what an export under way holds. */
const HELD_MAX = 2_048 + 512;

describe('tracing', () => {
  const logger = createLogger({ level: 'silent', service: 'test' });
  let receiver: SpanReceiver;
  let tracing: Tracing;

  beforeEach(async () => {
    receiver = await startSpanReceiver();
    tracing = await started(PARENT_BASED);
  });
  afterEach(async () => {
    receiver.answer('TAKEN');
    await tracing.close();
    await receiver.close();
  });

  async function started(sampler: Sampler, told: Logger = logger): Promise<Tracing> {
    const settings = { endpoint: `${receiver.url}/`, headers: {}, sampler };
    const running = await startTracing({ settings, service: 'test', logger: told });
    if (running === undefined) throw new Error('an endpoint is set');
    return running;
  }

  it('is none where no endpoint is set', async () => {
    expect(await startTracing({ settings: null, service: 'test', logger })).toBeUndefined();
  });

  it('continues the trace of the caller, and gives children what names them', async () => {
    const span = tracing.begin('request', { ...SERVER, parent: PARENT, attributes: { 'http.route': '/x' } });
    const child = tracing.within(span, () => tracing.child('append', { kind: 'PRODUCER', attributes: {} }));
    expect(child?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    child?.end();
    span.set({ 'http.response.status_code': 200 });
    span.end();
    await tracing.close();
    const [first, second] = receiver.spans;
    expect(second).toMatchObject({
      service: 'logbook-test',
      traceId: TRACE,
      parentSpanId: 'b7ad6b7169203331',
      name: 'request',
      kind: 2,
      attributes: { 'http.route': '/x', 'http.response.status_code': 200 },
      isFailed: false,
    });
    expect(first).toMatchObject({ traceId: TRACE, parentSpanId: second?.spanId, kind: 4 });
  });

  it('knows what is under way across awaits, and of nothing elsewhere', async () => {
    const span = tracing.begin('request', { ...SERVER, parent: undefined });
    const inside = tracing.within(span, async () => {
      await delay(1);
      return tracing.child('inside', SERVER);
    });
    expect(tracing.child('outside', SERVER)).toBeUndefined();
    expect((await inside)?.traceparent.slice(3, 35)).toBe(span.traceparent.slice(3, 35));
  });

  it('keeps no trace that its caller does not keep, and still hands on where it belongs', async () => {
    const span = tracing.begin('request', { ...SERVER, parent: UNSAMPLED });
    expect(span.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    span.end();
    await tracing.close();
    expect(receiver.exports).toBe(0);
  });

  it.each([
    ['always_on', 1, UNSAMPLED, 1],
    ['always_off', 1, PARENT, 0],
    ['traceidratio', 0, PARENT, 0],
    ['traceidratio', 1, UNSAMPLED, 1],
    ['parentbased_always_off', 1, undefined, 0],
    ['parentbased_always_off', 1, PARENT, 1],
    ['parentbased_traceidratio', 0, undefined, 0],
    ['parentbased_traceidratio', 0, PARENT, 1],
    ['parentbased_traceidratio', 1, undefined, 1],
  ] as const)('samples by %s, with %d of parent %s', async (name, ratio, parent, kept) => {
    const sampling = await started({ name, ratio });
    sampling.begin('request', { ...SERVER, parent }).end();
    await sampling.close();
    expect(receiver.spans).toHaveLength(kept);
  });

  it('links what it is told of, and leaves out what names no span', async () => {
    tracing.begin('batch', { kind: 'CONSUMER', attributes: {}, links: [PARENT, 'x', ''], parent: 'x' }).end();
    await tracing.close();
    expect(receiver.spans[0]?.links).toEqual([{ traceId: TRACE, spanId: 'b7ad6b7169203331' }]);
    expect(receiver.spans[0]?.parentSpanId).toBe('');
  });

  it('tells the kind of a failure, and nothing of what it says', async () => {
    tracing.begin('a', { ...SERVER, parent: undefined }).end(new LogUnavailableError('of ann'));
    tracing.begin('b', { ...SERVER, parent: undefined }).end(new TypeError('of ann'));
    await tracing.close();
    expect(receiver.spans.map(({ attributes, isFailed }) => [attributes, isFailed])).toEqual([
      [{ 'error.type': 'LOG_UNAVAILABLE' }, true],
      [{ 'error.type': 'TypeError' }, true],
    ]);
  });

  it('holds a bounded number of spans while the receiver is silent, and drops the others', async () => {
    receiver.answer('SILENT');
    for (let count = 0; count < 3 * HELD_MAX; count += 1) tracing.begin('request', { ...SERVER, parent: PARENT }).end();
    await eventually(() => receiver.waiting > 0, { what: 'an export' });
    receiver.answer('TAKEN');
    await tracing.close();
    expect(receiver.spans.length).toBeGreaterThan(0);
    expect(receiver.spans.length).toBeLessThanOrEqual(HELD_MAX);
  });

  it('closes while the receiver is silent, before the export is given up', async () => {
    const warned: unknown[] = [];
    const closing = await started(PARENT_BASED, {
      ...logger,
      warn: (details: unknown) => warned.push(details),
    });
    receiver.answer('SILENT');
    closing.begin('request', { ...SERVER, parent: PARENT }).end();
    await closing.close();
    expect([receiver.waiting, warned]).toEqual([1, []]);
  });
});
