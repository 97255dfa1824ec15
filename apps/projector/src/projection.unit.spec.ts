import { offset } from '@logbook/contracts';
import type { Batch, BatchOutcome } from '@logbook/core';
import { Metrics } from '@logbook/observability';
import { eventually } from '@logbook/testing';
import { Projection, type ProjectionOptions } from './projection.js';

describe('what a projection tells of itself', () => {
  const metrics = new Metrics({ defaults: false });
  let outcome: () => Promise<BatchOutcome> = () => Promise.resolve('CONSUMED');
  const projection = new Projection({
    generation: { name: 'gen_1' },
    ensureTables: () => Promise.resolve(),
    writer: { startPosition: () => Promise.resolve({ next: offset(0) }) },
    isolation: { apply: () => outcome() },
    control: { catchUp: () => Promise.resolve() },
    metrics,
    logger: { warn: () => undefined },
  } as unknown as ProjectionOptions);
  const batch = { topic: 'events', partition: 1, from: 0, next: 2, end: 5, messages: [{}, {}] } as unknown as Batch;

  it('counts each partition once, also when it asks again where to start, and not when it was given up', async () => {
    for (const partition of [0, 1, 1]) await projection.startPosition({ topic: 'events', partition });
    expect(await metrics.text()).toContain('logbook_projection_partitions{generation="gen_1",topic="events"} 2');
    projection.revoked({ topic: 'events', partition: 0 });
    expect(await metrics.text()).toContain('logbook_projection_partitions{generation="gen_1",topic="events"} 1');
  });

  it('says how far behind a partition is for as long as it has it', async () => {
    await projection.apply(batch);
    const lag = 'logbook_projection_lag_messages{generation="gen_1",topic="events",partition="1"}';
    expect(await metrics.text()).toContain(`${lag} 3`);
    projection.revoked(batch);
    await eventually(async () => !(await metrics.text()).includes(lag), { what: 'the lag to end' });
  });

  it('times a batch that fails as well', async () => {
    outcome = () => Promise.reject(new Error('away'));
    await expect(projection.apply(batch)).rejects.toThrow('away');
    expect(await metrics.text()).toContain('logbook_projected_batch_duration_seconds_count{topic="events"} 2');
  });
});
