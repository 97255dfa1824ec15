import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GrowthReport } from './report.js';

const BUILT = join(__dirname, '../../dist/main.js');
const RUN_TIMEOUT_MS = 240_000;

jest.setTimeout(RUN_TIMEOUT_MS);

/** Each run fails by itself where the fold, or the gateway, does not know what it was told of. */
describe.each([
  ['rows', ['projector, people changed', 'PostgreSQL, every event of another session']],
  ['names', ['gateway', 'Redis']],
] as const)('npm run bench -- growth --quick --only %s', (dimension, series) => {
  it('finds what was written aside as its own, measures it and draws it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-test-'));
    try {
      const [out, svg] = [join(folder, 'report.json'), join(folder, 'plot.svg')];
      const args = ['growth', '--quick', '--only', dimension, '--out', out, '--svg', svg];
      await promisify(execFile)(process.execPath, [BUILT, ...args], { timeout: RUN_TIMEOUT_MS });
      const { rows } = JSON.parse(await readFile(out, 'utf8')) as GrowthReport;
      expect(rows.map((row) => row.series)).toEqual(expect.arrayContaining([...series]));
      expect(rows.every((row) => row.dimension === dimension && row.size === 1_000)).toBe(true);
      expect(await readFile(svg, 'utf8')).toContain('<circle');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
