#!/usr/bin/env node
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureLatency, type LatencyResult } from './latency/latency.bench.js';
import { buildReport, renderReport } from './latency/report.js';
import { BenchUsageError, HELP, readBenchOptions, type BenchOptions } from './options.js';

/** Results lie in the repository's cache, which is not committed: a number is worth something with its machine only. */
const RESULTS = fileURLToPath(new URL('../../../.cache/bench/', import.meta.url));

async function latency(options: BenchOptions): Promise<void> {
  const results: LatencyResult[] = [];
  for (const driverSet of options.driverSets) {
    results.push(await measureLatency(driverSet, options, (sentence) => process.stderr.write(`${sentence}\n`)));
  }
  const date = new Date();
  const report = buildReport(options, results, date);
  const file = resolve(options.out ?? `${RESULTS}latency-${date.toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : renderReport(report));
  process.stderr.write(`written to ${file}\n`);
}

try {
  const options = readBenchOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else await latency(options);
} catch (error) {
  process.stderr.write(
    `bench: ${error instanceof BenchUsageError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
