import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CostReport } from './report.js';

const BUILT = join(__dirname, '../../dist/main.js');
const RUN_TIMEOUT_MS = 240_000;

jest.setTimeout(RUN_TIMEOUT_MS);

describe.each(['gateway', 'batch'] as const)('npm run bench -- %s --quick', (benchmark) => {
  it('measures Logbook beside both baselines, prints ratios and writes them with their origin', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-test-'));
    try {
      const out = join(folder, 'report.json');
      const { stdout } = await promisify(execFile)(process.execPath, [BUILT, benchmark, '--quick', '--out', out], {
        timeout: RUN_TIMEOUT_MS,
      });
      expect(stdout).toMatch(/x bare HTTP +x stock Nest/);
      expect(stdout).toMatch(/^one event a request.* Logbook +\d+ \(.* \d+\.\d\d \(.* \d+\.\d\d \(/m);
      const report = JSON.parse(await readFile(out, 'utf8')) as CostReport;
      expect(report).toMatchObject({
        benchmark,
        machine: { cores: expect.any(Number) },
        versions: { kafkajs: expect.any(String) },
      });
      for (const row of report.rows.filter(({ server }) => server === 'Logbook')) {
        expect(row.kafkaUsPerEvent?.median).toBeGreaterThan(0);
        if (!row.shape.includes('NDJSON')) expect(Object.keys(row.cpuRatio)).toEqual(['bare HTTP', 'stock Nest']);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
