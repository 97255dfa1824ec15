import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchUsageError } from '../usage.js';
import { compareReports } from './compare-reports.js';
import type { CompareOptions } from './compare.options.js';
import type { ComparableReport } from './compared-ratio.js';
import { renderComparison } from './report.js';

/** A report as it lies in its file. */
interface StoredReport extends ComparableReport {
  /** The arguments that made it, without those that say where it goes. */
  readonly command: readonly string[];
}

export interface Places {
  /** Where results lie when nobody says otherwise. */
  readonly results: string;
  /** The program that makes them. */
  readonly program: string;
}

export interface CompareOutcome {
  readonly text: string;
  readonly fell: boolean;
}

/** @throws BenchUsageError where the two cannot be compared. */
export async function compare(options: CompareOptions, places: Places): Promise<CompareOutcome> {
  const baseline = await readReport(options.baseline);
  const now = options.run
    ? await measureAgain(baseline, places.program)
    : await readReport(options.result ?? (await newestResult(baseline.benchmark, places.results)));
  const compared = compareReports(baseline, now, options);
  if (compared.outcome === 'DIFFERENT') {
    throw new BenchUsageError(`these cannot be compared:\n  ${compared.reasons.join('\n  ')}`);
  }
  const { comparisons, remarks } = compared;
  return {
    text: renderComparison({ baseline, now, comparisons, remarks, least: options.least }),
    fell: comparisons.some(({ verdict }) => verdict === 'FELL'),
  };
}

async function readReport(file: string): Promise<StoredReport> {
  let report: Partial<StoredReport> | null;
  try {
    report = JSON.parse(await readFile(file, 'utf8')) as Partial<StoredReport> | null;
  } catch (error) {
    throw new BenchUsageError(`${file} is no result of a benchmark: ${(error as Error).message}`, { cause: error });
  }
  if (!Array.isArray(report?.compared) || !Array.isArray(report.command)) {
    throw new BenchUsageError(`${file} has no ratios to compare: make it again with npm run bench`);
  }
  return report as StoredReport;
}

async function newestResult(benchmark: string, folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const files = names
    .filter((name) => name.startsWith(`${benchmark}-`) && name.endsWith('.json'))
    .map((name) => join(folder, name));
  const ages = await Promise.all(files.map(async (file) => ({ file, timeMs: (await stat(file)).mtimeMs })));
  const newest = ages.sort((left, right) => right.timeMs - left.timeMs)[0];
  if (newest !== undefined) return newest.file;
  throw new BenchUsageError(`no result of ${benchmark} in ${folder}: name one, or give --run`);
}

async function measureAgain({ command }: StoredReport, program: string): Promise<StoredReport> {
  const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
  try {
    const out = join(folder, 'result.json');
    const child = spawn(process.execPath, [program, ...command, '--out', out], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the benchmark ended with ${code ?? 'a signal'}: ${command.join(' ')}`);
    return await readReport(out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
