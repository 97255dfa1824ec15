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
  /** Sends a request of so many appends, acknowledged at once, and has one append more wait. */
  async function afterRequestOf(count: number): Promise<void> {
    append(count);
    await settled();
    append(1);
    acknowledge();
    await settled();
  }

  it('sends a lone append at once, and the next as soon as that one is acknowledged', async () => {
    await afterRequestOf(1);
    expect(requests).toEqual([1, 1]);
    append(1);
    await settled();
    expect(requests).toEqual([1, 1]);
    acknowledge();
    await settled();
    expect(requests).toEqual([1, 1, 1]);
  });

  it('does not wait for others behind a request of eleven appends', async () => {
    await afterRequestOf(11);
    expect(requests).toEqual([11, 1]);
  });

  it('waits for others for 5 ms behind a request of twelve', async () => {
    await afterRequestOf(12);
    jest.advanceTimersByTime(4);
    append(2);
    await settled();
    expect(requests).toEqual([12]);
    jest.advanceTimersByTime(1);
    await settled();
    expect(requests).toEqual([12, 3]);
  });

  it('counts the 5 ms from when the request left: behind a slow one it waits for nothing', async () => {
    append(12);
    await settled();
    append(1);
    jest.advanceTimersByTime(5);
    await settled();
    expect(requests).toEqual([12]);
    acknowledge();
    await settled();
    expect(requests).toEqual([12, 1]);
  });

  it('counts appends, not their messages', async () => {
    void queue.append(
      'events',
      Array.from({ length: 100 }, () => ({ partition: 0, record: RECORD })),
    );
    await settled();
    append(1);
    acknowledge();
    await settled();
    expect(requests).toEqual([100, 1]);
  });

  it('is hurried by a command, which takes along what waits', async () => {
    await afterRequestOf(12);
    void queue.append('commands', [{ partition: 0, record: RECORD }]);
    await settled();
    expect(requests).toEqual([12, 2]);
  });

  it('is hurried by 256 KiB, and by nothing less', async () => {
    await afterRequestOf(12);
    append(1, Buffer.alloc(255 * 1024));
    await settled();
    expect(requests).toEqual([12]);
    append(1, Buffer.alloc(1024));
    await settled();
    expect(requests).toEqual([12, 3]);
  });

  it('does not wait while it closes', async () => {
    await afterRequestOf(12);
    const closed = queue.close();
    await settled();
    expect(requests).toEqual([12, 1]);
    acknowledge();
    await closed;
  });

  it('has no timer left once it is empty', async () => {
    append(12);
    await settled();
    acknowledge();
    jest.advanceTimersByTime(5);
    await settled();
    expect(jest.getTimerCount()).toBe(0);
  });
});
