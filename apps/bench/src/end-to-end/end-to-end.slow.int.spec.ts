import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EndToEndReport } from './report.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describe('npm run bench -- end-to-end --quick', () => {
  it.each([
    ['kafka', '1'],
    ['embedded', '10'],
  ])(
    'on %s accounts for every event it sent',
    async (drivers, eventsPerRequest) => {
      const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
      const out = join(folder, 'report.json');
      const args = ['end-to-end', '--quick', '--drivers', drivers, '--events-per-request', eventsPerRequest];
      const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...args, '--out', out]);
      const report = JSON.parse(await readFile(out, 'utf8')) as EndToEndReport;
      await rm(folder, { recursive: true });
      expect(stdout).toMatch(/none lost, none doubled$/m);
      const { counts, latencies, soak, saturation } = report.result;
      expect(counts.accepted).toBeGreaterThan(200);
      expect(counts).toEqual({ ...counts, inLog: counts.accepted, rows: counts.accepted, counted: counts.accepted });
      expect(report.exact).toBe(true);
      expect(saturation.projectedPerSecond).toBeGreaterThan(0);
      expect(latencies?.visible.requests).toBeGreaterThan(0);
      expect(latencies?.bareProduce === null).toBe(drivers === 'embedded');
      expect(soak?.lag.values.length).toBeGreaterThan(0);
    },
    180_000,
  );
});
