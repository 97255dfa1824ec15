import { setImmediate as settled } from 'node:timers/promises';
import { AppendQueue, type PartitionRecords } from './append-queue.js';

const RECORD = Buffer.alloc(100);

describe('the queue of appends', () => {
  let queue: AppendQueue;
  /** How many records each request held. */
  let requests: number[];
  let acknowledge: () => void;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    requests = [];
    queue = new AppendQueue({
      appendTimeoutMs: 1_000,
      pendingBytesMax: 64 * 1024 * 1024,
      batchBytesTarget: 1024 * 1024,
      send: (batches: readonly PartitionRecords[], settle) => {
        requests.push(batches.reduce((sum, { records }) => sum + records.length, 0));
        return new Promise((resolve) => {
          acknowledge = () => {
            acknowledge = () => undefined;
            batches.forEach((_, place) => settle(place, { kind: 'ACKNOWLEDGED', baseOffset: 0 }));
            resolve();
          };
        });
      },
    });
  });
  afterEach(() => jest.useRealTimers());

  const append = (count: number, record = RECORD): void => {
    for (let each = 0; each < count; each += 1) void queue.append('events', [{ partition: each % 4, record }]);
  };
  /** Requests of so many appends each, 2 ms apart and acknowledged at once, until it is clear what they are. */
  async function traffic(count: number): Promise<void> {
    for (let each = 0; each < 60; each += 1) {
      append(count);
      await settled();
      jest.advanceTimersByTime(2);
      acknowledge();
      await settled();
    }
    for (const afterMs of [5, 5]) {
      jest.advanceTimersByTime(afterMs);
      await settled();
      acknowledge();
      await settled();
    }
    requests.length = 0;
  }
  /** Under load: a request is sent and acknowledged at once, and one append more waits. */
  async function underLoad(): Promise<void> {
    await traffic(12);
    append(1);
    await settled();
    append(1);
    acknowledge();
    await settled();
  }

  it('sends a lone append at once, and the next as soon as that one is acknowledged', async () => {
    append(1);
    await settled();
    append(1);
    await settled();
    expect(requests).toEqual([1]);
    acknowledge();
    await settled();
    expect(requests).toEqual([1, 1]);
  });

  it('does not wait for others while three appends come in 2 ms', async () => {
    await traffic(3);
    append(1);
    await settled();
    append(1);
    acknowledge();
    await settled();
    expect(requests).toEqual([1, 1]);
  });

  it('waits for others for 5 ms from one request to the next while twelve do', async () => {
    await underLoad();
    jest.advanceTimersByTime(4);
    append(2);
    await settled();
    expect(requests).toEqual([1]);
    jest.advanceTimersByTime(1);
    await settled();
    expect(requests).toEqual([1, 3]);
  });

  it('counts the 5 ms from when the request left: behind a slow one it waits for nothing', async () => {
    await traffic(12);
    append(1);
    await settled();
    append(1);
    jest.advanceTimersByTime(5);
    await settled();
    expect(requests).toEqual([1]);
    acknowledge();
    await settled();
    expect(requests).toEqual([1, 1]);
  });

  it('counts appends, not their messages', async () => {
    for (let each = 0; each < 60; each += 1) {
      void queue.append(
        'events',
        Array.from({ length: 100 }, () => ({ partition: 0, record: RECORD })),
      );
      await settled();
      jest.advanceTimersByTime(2);
      acknowledge();
      await settled();
    }
    append(1);
    await settled();
    append(1);
    acknowledge();
    await settled();
    expect(requests.slice(-2)).toEqual([1, 1]);
  });

  it('is hurried by a command, which takes along what waits', async () => {
    await underLoad();
    void queue.append('commands', [{ partition: 0, record: RECORD }]);
    await settled();
    expect(requests).toEqual([1, 2]);
  });

  it('is hurried by 256 KiB, and by nothing less', async () => {
    await underLoad();
    append(1, Buffer.alloc(255 * 1024));
    await settled();
    expect(requests).toEqual([1]);
    append(1, Buffer.alloc(1024));
    await settled();
    expect(requests).toEqual([1, 3]);
  });

  it('does not wait while it closes', async () => {
    await underLoad();
    const closed = queue.close();
    await settled();
    expect(requests).toEqual([1, 1]);
    acknowledge();
    await closed;
  });

  it('has no timer left once it is empty', async () => {
    await underLoad();
    jest.advanceTimersByTime(5);
    await settled();
    acknowledge();
    jest.advanceTimersByTime(5);
    await settled();
    expect(jest.getTimerCount()).toBe(0);
  });
});
