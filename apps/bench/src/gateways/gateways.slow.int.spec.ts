import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GatewaysReport } from './report.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describe('npm run bench -- gateways --quick', () => {
  it('compares two gateways with one, and writes every measurement', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
    const out = join(folder, 'gateways.json');
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'gateways', '--quick', '--out', out]);
    const report = JSON.parse(await readFile(out, 'utf8')) as GatewaysReport;
    await rm(folder, { recursive: true });
    expect(stdout).toMatch(/^two gateways \/ one: events\/s \d+\.\d\d .*goal 1\.6/m);
    expect(report.samples.map(({ gateways }) => gateways)).toEqual([1, 2]);
    for (const { events, gatewayUs } of report.samples)
      expect([events, gatewayUs].every((each) => each > 0)).toBe(true);
  }, 180_000);
});
