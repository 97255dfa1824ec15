import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS, PROCESS_METRICS } from './metric-list.js';
import { Metrics } from './metrics.js';
import { metricsPage } from './metrics-page.js';

describe('docs/metrics.md', () => {
  it('is what the list says now; `npm run docs:metrics` writes it', () => {
    expect(readFileSync(join(__dirname, '../../../docs/metrics.md'), 'utf8')).toBe(metricsPage());
  });

  it('has a row for every metric', () => {
    const named = [...metricsPage().matchAll(/^\| `(\w+)` /gm)].map((match) => match[1]);
    expect(named.sort()).toEqual([...Object.keys(METRICS), ...Object.keys(PROCESS_METRICS)].sort());
  });

  it('names of what the process tells only what it does tell', async () => {
    const text = await new Metrics({ defaults: true }).text();
    for (const name of Object.keys(PROCESS_METRICS)) expect(text).toMatch(new RegExp(`^${name} `, 'm'));
  });
});
