import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { summarizeRebuilds } from './summary.js';
import type { RebuildReport } from './report.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const TIMEOUT_MS = 120_000;

describe('npm run bench -- rebuild', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'logbook-bench-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'prints the ratios of a folding to the bare loop, and writes every measurement',
    async () => {
      const out = join(folder, 'rebuild.json');
      const args = ['--events', '300', '--rounds', '1', '--emmett-events', '0', '--memory', '500', '--out', out];
      const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'rebuild', ...args]);
      expect(stdout).toMatch(/folding \/ bare kafkajs: \d+\.\d+ \(.*\), goal 0\.5/);
      const report = JSON.parse(await readFile(out, 'utf8')) as RebuildReport;
      expect(report.samples).toHaveLength(3);
      expect(report.rows).toEqual(JSON.parse(JSON.stringify(summarizeRebuilds(report.samples))));
      const measured = report.samples.filter(({ subject }) => subject === 'folding');
      // Commands are folded as well.
      for (const { events } of measured) expect(events).toBeGreaterThan(300);
      expect(report.memory.peaks.map(({ events }) => events)).toEqual([300, 500]);
    },
    TIMEOUT_MS,
  );
});
