export { readBenchOptions, HELP } from './options.js';
export type { BenchOptions, Benchmark, CostOptions, DriverSet, LatencyOptions } from './options.js';
