import { percentile } from '../statistics.js';

export interface Latency {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function latencyOf(...parts: readonly { readonly latenciesMs: readonly number[] }[]): Latency {
  const all = parts.flatMap(({ latenciesMs }) => latenciesMs);
  return { requests: all.length, p50Ms: percentile(all, 0.5), p99Ms: percentile(all, 0.99) };
}
