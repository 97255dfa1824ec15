import { METRICS } from './metric-list.js';
import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('exports every metric of the list with its help', async () => {
    const text = await new Metrics({ defaults: false }).text();
    for (const [name, { help, kind }] of Object.entries(METRICS)) {
      expect(text).toContain(`# HELP ${name} ${help}`);
      expect(text).toContain(`# TYPE ${name} ${kind}`);
    }
  });

  it('counts, sets and observes under the labels given', async () => {
    const metrics = new Metrics({ defaults: false });
    metrics.count('logbook_projected_messages_total', { topic: 'events' }, 3);
    metrics.set('logbook_projection_lag_messages', { generation: 'gen_1', topic: 'events', partition: '1' }, 7);
    metrics.observe('logbook_http_request_duration_seconds', { operation: 'createEvent' }, 0.02);
    const text = await metrics.text();
    expect(text).toContain('logbook_projected_messages_total{topic="events"} 3');
    expect(text).toContain('logbook_projection_lag_messages{generation="gen_1",topic="events",partition="1"} 7');
    expect(text).toContain('logbook_http_request_duration_seconds_count{operation="createEvent"} 1');
  });

  it('ends the series of what is gone, and no other', async () => {
    const metrics = new Metrics({ defaults: false });
    for (const generation of ['gen_1', 'gen_2'])
      metrics.set('logbook_projection_lag_messages', { generation, topic: 'events', partition: '1' }, 7);
    await metrics.forget('logbook_projection_lag_messages', { generation: 'gen_1' });
    const text = await metrics.text();
    expect(text).not.toContain('generation="gen_1"');
    expect(text).toContain('generation="gen_2"');
  });

  it('names no tenant in any label', () => {
    for (const { labels } of Object.values(METRICS)) {
      expect(labels.filter((label) => /tenant|name|id$/.test(label))).toEqual([]);
    }
  });
});
