import { existsSync } from 'node:fs';
import { processorTimeUs } from './processor-time.js';

const onLinux = existsSync('/proc/self/stat') ? it : it.skip;

describe('processorTimeUs', () => {
  onLinux('grows with the work a process does', () => {
    const before = processorTimeUs(process.pid) ?? NaN;
    const until = process.cpuUsage().user + 60_000;
    let sum = 0;
    while (process.cpuUsage().user < until) sum += Math.sqrt(sum + 1);
    expect((processorTimeUs(process.pid) ?? NaN) - before).toBeGreaterThanOrEqual(40_000);
  });

  it('knows nothing of a process that does not run', () => {
    expect(processorTimeUs(2 ** 30)).toBeUndefined();
  });
});
