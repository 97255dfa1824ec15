import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SubscriberReport } from './report.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describe('npm run bench -- subscriber', () => {
  it('prints the ratios to both baselines, and writes every measurement', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
    const out = join(folder, 'subscriber.json');
    const args = ['subscriber', '--messages', '5000', '--stock-messages', '500', '--rounds', '1', '--out', out];
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...args]);
    const report = JSON.parse(await readFile(out, 'utf8')) as SubscriberReport;
    await rm(folder, { recursive: true });
    expect(stdout).toMatch(/subscriber \(many\) \/ bare kafkajs: messages\/s \d+\.\d+ \(.*\), goal 0\.6/);
    expect(stdout).toMatch(/subscriber \(many\) \/ stock Nest: messages\/s \d+\.\d+ \(.*\), goal 5/);
    expect(report.samples.map(({ subject, events }) => [subject, events])).toEqual([
      ['bare kafkajs', 5_000],
      ['subscriber (many)', 5_000],
      ['subscriber (single)', 5_000],
      ['stock Nest', 500],
    ]);
    for (const { eventsPerSecond } of report.samples) expect(eventsPerSecond).toBeGreaterThan(0);
  }, 180_000);
});
