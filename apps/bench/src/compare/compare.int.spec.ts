import { execFile } from 'node:child_process';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './compare.js';

const BUILT = join(__dirname, '../../dist/main.js');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BUILT, 'compare', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('npm run bench -- compare', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logbook-compare-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (name: string, median: number, benchmark = 'gateway'): Promise<string> => {
    const file = join(folder, name);
    const spread = { median, min: median, max: median };
    const report = {
      command: ['gateway'],
      benchmark,
      date: '2026-11-27T00:00:00.000Z',
      machine: { cpu: 'one', cores: 2 },
      versions: { node: 'v20' },
      settings: { rounds: 1 },
      compared: [{ name: 'CPU × bare HTTP', better: 'LOWER', spread }],
    };
    await writeFile(file, JSON.stringify(report));
    return file;
  };

  it('ends with 0 and a table when what was measured held', async () => {
    const ended = await bench(await write('a.json', 2), await write('b.json', 2.2));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^CPU × bare HTTP +2\.00 \(2\.00–2\.00\) +2\.20 \(2\.20–2\.20\) +0\.91 +HELD$/m);
  });

  it('ends with 1 when a ratio fell, and says which', async () => {
    const ended = await bench(await write('a.json', 2), await write('b.json', 2.4));
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toMatch(/^CPU × bare HTTP .* 0\.83 +FELL$/m);
  });

  it('ends with 2 and a sentence for another benchmark, a file that is no result, and a wrong option', async () => {
    const file = await write('a.json', 2);
    expect(await bench(file, await write('b.json', 2, 'batch'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the baseline is of gateway, the result of batch'),
    });
    await writeFile(join(folder, 'c.json'), '{}');
    expect(await bench(file, join(folder, 'c.json'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no ratios to compare'),
    });
    expect(await bench(file, '--least', '2')).toMatchObject({ code: 2 });
  });

  it('takes the newest result of the same benchmark where none is named', async () => {
    const baseline = await write('a.json', 2);
    await utimes(await write('gateway-1.json', 4), 100, 100);
    await utimes(await write('gateway-2.json', 2), 200, 200);
    await utimes(await write('batch-3.json', 9, 'batch'), 300, 300);
    const options = { help: false, baseline, result: undefined, least: 0.85, run: false };
    expect(await compare(options, { results: folder, program: BUILT })).toMatchObject({ fell: false });
    await utimes(join(folder, 'gateway-1.json'), 400, 400);
    expect(await compare(options, { results: folder, program: BUILT })).toMatchObject({ fell: true });
  });

  it('measures again with the command that made the baseline', async () => {
    const program = join(folder, 'program.cjs');
    // Answers as a benchmark does: the JSON goes where --out says.
    await writeFile(
      program,
      `const [name, flag, out] = process.argv.slice(2);
       if (name !== 'gateway' || flag !== '--out') process.exit(9);
       require('node:fs').copyFileSync(${JSON.stringify(await write('fresh.json', 8))}, out);`,
    );
    const baseline = await write('a.json', 2);
    const options = { help: false, baseline, result: undefined, least: 0.85, run: true };
    expect(await compare(options, { results: folder, program })).toMatchObject({ fell: true });
  });
});
