import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ProjectorReport } from './report.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describe('npm run bench -- projector --quick', () => {
  it('prints the ratio to each baseline, and writes every measurement', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
    const out = join(folder, 'projector.json');
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'projector', '--quick', '--out', out]);
    const report = JSON.parse(await readFile(out, 'utf8')) as ProjectorReport;
    await rm(folder, { recursive: true });
    expect(stdout).toMatch(/^projector \/ stock Nest \+ TypeORM: \d+\.\d+ \(.*\), goal 100$/m);
    expect(report.samples.map(({ subject }) => subject)).toEqual([
      'bare kafkajs',
      'projector',
      'COPY',
      'stock Nest + TypeORM',
    ]);
    for (const { eventsPerSecond } of report.samples) expect(eventsPerSecond).toBeGreaterThan(0);
  }, 180_000);
});
