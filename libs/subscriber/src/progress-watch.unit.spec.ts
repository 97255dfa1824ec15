import { offset, type Offset, type StoredMessage, type TopicPartition } from '@logbook/contracts';
import { type Batch, type ConsumptionHaltedError, type Log, LogUnavailableError } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { type PartitionLag, ProgressWatch } from './progress-watch.js';

const IDLE_LOOKS_MAX = 3;
const events: TopicPartition = { topic: 'events', partition: 0 };

/** One partition of a log, as the watch sees it. */
class WatchedLog implements Pick<Log, 'ends' | 'scan'> {
  end = 0;
  away = false;
  /** Offsets that hold no message. */
  readonly holes = new Set<number>();
  looks = 0;

  ends(): Promise<Offset[]> {
    this.looks += 1;
    if (this.away) return Promise.reject(new LogUnavailableError('no broker answers'));
    return Promise.resolve([offset(this.end)]);
  }

  async *scan({ from, to }: { from: Offset; to: Offset }): AsyncGenerator<Batch> {
    const held = Array.from({ length: to - from }, (_, index) => from + index).filter((at) => !this.holes.has(at));
    yield { ...events, from, next: to, end: to, messages: held.map((at) => ({ offset: offset(at) }) as StoredMessage) };
  }
}

describe('the watch over progress', () => {
  let log: WatchedLog;
  let watch: ProgressWatch;
  let held: readonly TopicPartition[];
  let stalled: ConsumptionHaltedError[];
  let lags: PartitionLag[];
  let paused: boolean;

  beforeEach(() => {
    log = new WatchedLog();
    held = [events];
    stalled = [];
    lags = [];
    paused = false;
    watch = new ProgressWatch({
      log,
      assignment: () => held,
      intervalMs: 1,
      idleLooksMax: IDLE_LOOKS_MAX,
      onLag: (lag) => lags.push(lag),
      onStalled: (error) => stalled.push(error),
      paused: () => paused,
    });
    watch.reached(events, offset(0));
  });
  afterEach(() => watch.stop());

  const looked = (times: number): Promise<unknown> => {
    const wanted = log.looks + times;
    return eventually(() => log.looks >= wanted, { intervalMs: 1, what: `${times} looks` });
  };
  const untilStalled = (): Promise<unknown> =>
    eventually(() => stalled.length > 0, { what: 'the stall to be noticed' });

  it('finds a partition stalled in which messages wait and nothing is attempted, once, and says where', async () => {
    log.end = 7;
    watch.reached(events, offset(2));
    watch.start();
    await untilStalled();
    expect(log.looks).toBe(IDLE_LOOKS_MAX + 1);
    expect(stalled).toHaveLength(1);
    expect(stalled[0]).toMatchObject({
      reason: 'STALLED',
      message: expect.stringMatching(/events\[0\].* to 7 .*before 2/),
    });
  });

  it('finds one stalled whose position was never learnt', async () => {
    held = [{ topic: 'events', partition: 0 }];
    log.end = 1;
    watch.start();
    await untilStalled();
  });

  it('waits as long as something is attempted, whatever comes of it', async () => {
    log.end = 7;
    watch.start();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      watch.attempted(events);
      await looked(1);
    }
    expect(stalled).toEqual([]);
  });

  it('waits for as long as the subscriber is paused, and no longer', async () => {
    log.end = 7;
    paused = true;
    watch.start();
    await looked(3 * IDLE_LOOKS_MAX);
    expect(stalled).toEqual([]);
    paused = false;
    await untilStalled();
  });

  it('says how much waits while nothing can be consumed', async () => {
    watch.start();
    for (log.end = 1; log.end < 4; log.end += 1) {
      watch.attempted(events);
      await looked(2);
    }
    expect([...new Set(lags.map(({ messages }) => messages))]).toEqual(expect.arrayContaining([1, 2, 3]));
    expect(lags[0]).toEqual({ ...events, messages: 1 });
  });

  it.each<readonly [string, (watched: WatchedLog) => void]>([
    ['nothing waits', () => undefined],
    [
      'only markers of transactions lie behind the position',
      (watched) => {
        watched.end = 2;
        watched.holes.add(0).add(1);
      },
    ],
    [
      'the log does not answer',
      (watched) => {
        watched.end = 7;
        watched.away = true;
      },
    ],
  ])('is content where %s', async (_, arrange) => {
    arrange(log);
    watch.start();
    await looked(4 * IDLE_LOOKS_MAX);
    expect(stalled).toEqual([]);
  });

  it('is content where another member holds the partition, and counts anew when that comes back', async () => {
    const other: TopicPartition = { topic: 'events', partition: 1 };
    log.end = 7;
    watch.start();
    await looked(IDLE_LOOKS_MAX - 1);
    held = [other];
    await looked(2);
    held = [events, other];
    const back = log.looks;
    await untilStalled();
    expect(log.looks - back).toBeGreaterThan(IDLE_LOOKS_MAX);
  });

  it('counts from the beginning again after the log was away', async () => {
    log.end = 7;
    watch.start();
    await looked(IDLE_LOOKS_MAX - 1);
    log.away = true;
    await looked(2);
    log.away = false;
    const back = log.looks;
    await untilStalled();
    expect(log.looks - back).toBeGreaterThanOrEqual(IDLE_LOOKS_MAX);
  });
});
