#!/usr/bin/env node
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CAPACITY_HELP, readCapacityOptions, type CapacityOptions } from './capacity/capacity.options.js';
import { renderCapacity } from './capacity/report.js';
import { readUnitCosts } from './capacity/unit-costs.js';
import { compare } from './compare/compare.js';
import { COMPARE_HELP, readCompareOptions, type CompareOptions } from './compare/compare.options.js';
import { measureCost } from './cost/cost.bench.js';
import { buildCostReport, renderCostReport } from './cost/report.js';
import { measureEndToEnd } from './end-to-end/end-to-end.bench.js';
import { END_TO_END_HELP, readEndToEndOptions, type EndToEndOptions } from './end-to-end/end-to-end.options.js';
import { buildEndToEndReport, renderEndToEndReport } from './end-to-end/report.js';
import { measureGateways } from './gateways/gateways.bench.js';
import { GATEWAYS_HELP, readGatewaysOptions, type GatewaysOptions } from './gateways/gateways.options.js';
import { buildGatewaysReport, renderGatewaysReport } from './gateways/report.js';
import { drawResults } from './growth/draw-results.js';
import { measureGrowth } from './growth/growth.bench.js';
import { GROWTH_HELP, readGrowthOptions, type GrowthOptions } from './growth/growth.options.js';
import { buildGrowthReport, renderGrowthReport } from './growth/report.js';
import { measureLatency, type LatencyResult } from './latency/latency.bench.js';
import { buildReport, renderReport } from './latency/report.js';
import { HELP, readBenchOptions, type BenchOptions } from './options.js';
import { measureProjectors } from './projector/projector.bench.js';
import { PROJECTOR_HELP, readProjectorOptions, type ProjectorBenchOptions } from './projector/projector.options.js';
import { buildProjectorReport, renderProjectorReport } from './projector/report.js';
import { givenServers } from './rebuild/bench-servers.js';
import { measureRebuilds } from './rebuild/rebuild.bench.js';
import { readRebuildOptions, REBUILD_HELP, type RebuildBenchOptions } from './rebuild/rebuild.options.js';
import { buildRebuildReport, renderRebuildReport } from './rebuild/report.js';
import { buildSubscriberReport, renderSubscriberReport } from './subscriber/report.js';
import { measureSubscribers } from './subscriber/subscriber.bench.js';
import {
  readSubscriberOptions,
  SUBSCRIBER_HELP,
  type SubscriberBenchOptions,
} from './subscriber/subscriber.options.js';
import { BenchUsageError } from './usage.js';

/** Results lie in the repository's cache, which is not committed: a number is worth something with its machine only. */
const RESULTS = fileURLToPath(new URL('../../../.cache/bench/', import.meta.url));

interface Finished {
  readonly report: { readonly date: string };
  readonly text: string;
}

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

async function latency(options: BenchOptions['latency']): Promise<Finished> {
  const results: LatencyResult[] = [];
  for (const driverSet of options.driverSets) results.push(await measureLatency(driverSet, options, say));
  const report = buildReport(options, results, new Date());
  return { report, text: renderReport(report) };
}

async function cost(benchmark: 'gateway' | 'batch', options: BenchOptions['cost']): Promise<Finished> {
  const report = buildCostReport(benchmark, options, await measureCost(benchmark, options, say), new Date());
  return { report, text: renderCostReport(report) };
}

async function run(options: BenchOptions): Promise<void> {
  const { benchmark } = options;
  await publish(
    benchmark,
    options,
    await (benchmark === 'latency' ? latency(options.latency) : cost(benchmark, options.cost)),
  );
}

async function rebuild(options: RebuildBenchOptions): Promise<void> {
  const result = await measureRebuilds(options, givenServers(process.env), say);
  const report = buildRebuildReport(options, result, new Date());
  await publish('rebuild', options, { report, text: renderRebuildReport(report) });
}

async function projector(options: ProjectorBenchOptions): Promise<void> {
  const result = await measureProjectors(options, givenServers(process.env), say);
  const report = buildProjectorReport(options, result, new Date());
  await publish('projector', options, { report, text: renderProjectorReport(report) });
}

async function endToEnd(options: EndToEndOptions): Promise<void> {
  const report = buildEndToEndReport(options, await measureEndToEnd(options, say), new Date());
  await publish('end-to-end', options, { report, text: renderEndToEndReport(report) });
}

async function gateways(options: GatewaysOptions): Promise<void> {
  const report = buildGatewaysReport(options, await measureGateways(options, say), new Date());
  await publish('gateways', options, { report, text: renderGatewaysReport(report) });
}

async function subscriber(options: SubscriberBenchOptions): Promise<void> {
  const samples = await measureSubscribers(options, givenServers(process.env), say);
  const report = buildSubscriberReport(options, samples, new Date());
  await publish('subscriber', options, { report, text: renderSubscriberReport(report) });
}

async function capacity({ rates, costs }: CapacityOptions): Promise<void> {
  process.stdout.write(renderCapacity(await readUnitCosts(costs), rates));
}

async function growth(options: GrowthOptions): Promise<void> {
  if (options.results.length > 0) return drawResults(options.svg ?? '', options.results);
  const report = buildGrowthReport(options, await measureGrowth(options, say), new Date());
  const file = await publish('growth', options, { report, text: renderGrowthReport(report) });
  if (options.svg !== undefined) await drawResults(options.svg, [file]);
}

async function publish(
  benchmark: string,
  options: { readonly out: string | undefined; readonly json: boolean },
  { report, text }: Finished,
): Promise<string> {
  const stamp = report.date.replaceAll(':', '-').slice(0, 19);
  const file = resolve(options.out ?? `${RESULTS}${benchmark}-${stamp}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ command: measuringPart(process.argv.slice(2)), ...report }, null, 2)}\n`);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : text);
  say(`written to ${file}`);
  return file;
}

/** A comparison can then measure the same again. */
function measuringPart(args: readonly string[]): string[] {
  return args.filter(
    (arg, index) => arg !== '--json' && arg !== '--out' && !arg.startsWith('--out=') && args[index - 1] !== '--out',
  );
}

async function compareWith(options: CompareOptions): Promise<void> {
  const { text, fell } = await compare(options, { results: RESULTS, program: fileURLToPath(import.meta.url) });
  process.stdout.write(text);
  if (fell) process.exitCode = 1;
}

/** Reads the arguments, then explains itself or runs. */
const command =
  <Options extends { readonly help: boolean }>(
    read: (args: readonly string[]) => Options,
    help: string,
    runs: (options: Options) => Promise<void>,
  ) =>
  async (args: readonly string[]): Promise<void> => {
    const options = read(args);
    if (options.help) process.stdout.write(help);
    else await runs(options);
  };

const COMMANDS = new Map([
  ['compare', command(readCompareOptions, COMPARE_HELP, compareWith)],
  ['capacity', command(readCapacityOptions, CAPACITY_HELP, capacity)],
  ['growth', command(readGrowthOptions, GROWTH_HELP, growth)],
  ['rebuild', command(readRebuildOptions, REBUILD_HELP, rebuild)],
  ['projector', command(readProjectorOptions, PROJECTOR_HELP, projector)],
  ['end-to-end', command(readEndToEndOptions, END_TO_END_HELP, endToEnd)],
  ['gateways', command(readGatewaysOptions, GATEWAYS_HELP, gateways)],
  ['subscriber', command(readSubscriberOptions, SUBSCRIBER_HELP, subscriber)],
]);

try {
  const args = process.argv.slice(2);
  const named = COMMANDS.get(args[0] ?? '');
  await (named === undefined ? command(readBenchOptions, HELP, run)(args) : named(args.slice(1)));
} catch (error) {
  process.stderr.write(
    `bench: ${error instanceof BenchUsageError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = error instanceof BenchUsageError ? 2 : 1;
}
