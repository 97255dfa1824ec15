import { readFile, writeFile } from 'node:fs/promises';
import { BenchUsageError } from '../usage.js';
import { growthSvg } from './plot.js';
import type { GrowthReport } from './report.js';

/** Draws what several runs measured, each of them other dimensions. */
export async function drawResults(svg: string, files: readonly string[]): Promise<void> {
  const reports = await Promise.all(files.map(readGrowthReport));
  const dimensions = reports.flatMap(({ settings }) => settings.dimensions);
  const twice = dimensions.find((dimension, index) => dimensions.indexOf(dimension) !== index);
  if (twice !== undefined) throw new BenchUsageError(`two of these results measured ${twice}: draw one of them`);
  await writeFile(svg, growthSvg(reports.flatMap(({ rows }) => rows)));
}

async function readGrowthReport(file: string): Promise<GrowthReport> {
  const report = JSON.parse(await readFile(file, 'utf8')) as Partial<GrowthReport> | null;
  if (report?.benchmark !== 'growth') throw new BenchUsageError(`${file} is no result of growth`);
  return report as GrowthReport;
}
