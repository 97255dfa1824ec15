import { LINGER_MS, Pace } from './pace.js';

/** Requests to a broker that acknowledges in 1 ms. */
class Requests {
  readonly pace = new Pace();
  nowMs = 1_000;
  private gapMs = 1;
  private owed = 0;

  /** For so long, of appends that come evenly whatever becomes of those before. */
  ofStream(ms: number, appendsASecond: number): { readonly apart: number; readonly sent: number } {
    return this.send(ms, (gapMs) => {
      this.owed += (appendsASecond * gapMs) / 1_000;
      const appends = Math.floor(this.owed);
      this.owed -= appends;
      return appends;
    });
  }

  /** For so long, of senders that each wait for their answer. */
  ofSenders(ms: number, senders: number): { readonly apart: number; readonly sent: number } {
    return this.send(ms, () => senders);
  }

  /** The share of requests that had the next one wait, and how many appends they held. */
  private send(ms: number, appendsAfter: (gapMs: number) => number) {
    const untilMs = this.nowMs + ms;
    let [requests, apart, sent] = [0, 0, 0];
    while (this.nowMs < untilMs) {
      this.nowMs += this.gapMs;
      const appends = appendsAfter(this.gapMs);
      const isLoad = this.pace.isLoad(appends, this.nowMs);
      requests += 1;
      sent += appends;
      if (isLoad) apart += 1;
      this.gapMs = isLoad ? LINGER_MS : 1;
    }
    return { apart: apart / requests, sent };
  }
}

describe('the pace of requests to the log', () => {
  it('has the next one wait behind a request of twelve appends, and not behind one of eleven', () => {
    expect(new Pace().isLoad(11, 1_000)).toBe(false);
    expect(new Pace().isLoad(12, 1_000)).toBe(true);
  });

  it('goes on with it for fifteen requests that are no load, and as long again after one that is', () => {
    const pace = new Pace();
    for (let round = 0; round < 2; round += 1) {
      expect(pace.isLoad(12, 1_000)).toBe(true);
      for (let each = 0; each < 15; each += 1) expect(pace.isLoad(11, 1_000)).toBe(true);
    }
    expect(pace.isLoad(11, 1_000)).toBe(false);
  });

  it('finds out that a stream fills requests, though the log answers too fast for that to show', () => {
    expect(new Requests().ofStream(10_000, 2_500).apart).toBeGreaterThan(0.9);
  });

  it('tries it at 1,600 appends a second, and not at fewer', () => {
    expect(new Requests().ofStream(1_000, 1_500).apart).toBe(0);
    expect(new Requests().ofStream(1_000, 1_700).apart).toBeGreaterThan(0);
  });

  it('tries it again 2 s after it was in vain, and not before', () => {
    const requests = new Requests();
    while (requests.ofStream(1, 1_700).apart === 0);
    while (requests.ofStream(1, 1_700).apart > 0);
    const endedAtMs = requests.nowMs;
    while (requests.ofStream(1, 1_700).apart === 0);
    expect(requests.nowMs - endedAtMs).toBeGreaterThanOrEqual(1_999);
    expect(requests.nowMs - endedAtMs).toBeLessThan(2_100);
  });

  it('has eleven senders wait for each other hardly ever, and twelve always', () => {
    const eleven = new Requests().ofSenders(10_000, 11);
    expect(eleven.sent).toBeGreaterThan(0.96 * 11 * 10_000);
    expect(eleven.sent).toBeLessThan(11 * 10_000);
    expect(new Requests().ofSenders(10_000, 12).apart).toBe(1);
  });
});
