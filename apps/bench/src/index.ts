export { readBenchOptions, HELP } from './options.js';
export type { BenchOptions, DriverSet } from './options.js';
