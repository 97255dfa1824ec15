import { processorTimeUs } from '../processor-time.js';
import type { CountedProcess } from '../servers/system-under-test.js';
import { percentile } from '../statistics.js';

export interface MeasureOptions {
  /** How many are under way at a time. */
  readonly concurrency: number;
  readonly requests: number;
  /** No request begins after this. */
  readonly timeMsMax: number;
  /** Whose CPU time is divided by the number of requests. */
  readonly processes: readonly CountedProcess[];
  readonly send: () => Promise<unknown>;
}

export interface Measurement {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requestsPerSecond: number;
  /** By process, CPU microseconds a request; what the process does aside counts too. */
  readonly cpuUsPerRequest: Readonly<Record<string, number>>;
}

/** Keeps `concurrency` requests under way until `requests` were answered or the time is over. Rejects with the first failure. */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { concurrency, requests, timeMsMax, processes, send } = options;
  const durationsMs: number[] = [];
  const before = processes.map(({ pid }) => processorTimeUs(pid));
  const beganMs = performance.now();
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < requests && performance.now() - beganMs < timeMsMax) {
      begun += 1;
      const sentMs = performance.now();
      await send();
      durationsMs.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const tookMs = performance.now() - beganMs;
  const cpuUsPerRequest: Record<string, number> = {};
  processes.forEach(({ name, pid }, index) => {
    const after = processorTimeUs(pid);
    const start = before[index];
    if (after !== undefined && start !== undefined) cpuUsPerRequest[name] = (after - start) / durationsMs.length;
  });
  return {
    requests: durationsMs.length,
    p50Ms: percentile(durationsMs, 0.5),
    p99Ms: percentile(durationsMs, 0.99),
    requestsPerSecond: (durationsMs.length * 1000) / tookMs,
    cpuUsPerRequest,
  };
}
