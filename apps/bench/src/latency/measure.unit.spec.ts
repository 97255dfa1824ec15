import { setTimeout as pause } from 'node:timers/promises';
import { measure } from './measure.js';

const quick = { concurrency: 4, requests: 40, timeMsMax: 5_000, processes: [] };

describe('measure', () => {
  it('sends as many requests as asked, never more at a time than allowed', async () => {
    let underWay = 0;
    let most = 0;
    const result = await measure({
      ...quick,
      send: async () => {
        most = Math.max(most, (underWay += 1));
        await pause(1);
        underWay -= 1;
      },
    });
    expect(result.requests).toBe(40);
    expect(most).toBe(4);
    expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  });

  it('begins no request after its time is over', async () => {
    const result = await measure({ ...quick, requests: 1_000_000, timeMsMax: 20, send: () => pause(1) });
    expect(result.requests).toBeLessThan(1_000);
  });

  it('fails with the first request that fails, since a refusal is quick and measures nothing', async () => {
    await expect(measure({ ...quick, send: () => Promise.reject(new Error('503')) })).rejects.toThrow('503');
  });

  it('counts the CPU time of the processes it is given', async () => {
    const processes = [{ name: 'this', pid: process.pid }];
    const result = await measure({ ...quick, processes, send: () => Promise.resolve() });
    if (process.platform === 'linux') expect(result.cpuUsPerRequest).toHaveProperty('this');
  });
});
