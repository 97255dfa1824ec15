/** How far apart requests leave under load; what Kafka's own producer waits since its version 4. */
export const LINGER_MS = 5;
/** So many appends in one request are load: of fewer senders that each wait for an answer a request never holds so many. */
const LOAD_APPENDS = 12;
/** So many requests that left apart, and none of them load: it is none. */
const TRIED_REQUESTS = 16;
/** A request holds less where the log answers fast; so it is tried at this rate too, of 1,600 a second. */
const TRY_APPENDS_A_MS = 1.6;
const WINDOW_MS = 40;
/** Tried in vain, it is not tried again before. */
const AGAIN_MS = 2_000;

/**
 * Whether appends come so fast that requests should leave `LINGER_MS` apart. Before they do, many senders and a few fast
 * ones that each wait for their answer look the same: then it is tried. Having to wait for each other, the few never fill a request,
 * and lose some hundredths of what they send to the trying.
 */
export class Pace {
  /** Requests still to come without one of load before this ends; 0: they do not leave apart. */
  private left = 0;
  private notBeforeMs = -Infinity;
  /** What came since. */
  private window = { sinceMs: -Infinity, appends: 0 };

  /** To be asked at every request, with the appends since the one before. */
  isLoad(appends: number, nowMs: number): boolean {
    const isFast = this.countsFast(appends, nowMs);
    if (appends >= LOAD_APPENDS) this.left = TRIED_REQUESTS;
    else if (this.left > 0) {
      this.left -= 1;
      if (this.left === 0) this.notBeforeMs = nowMs + AGAIN_MS;
    } else if (isFast && nowMs >= this.notBeforeMs) this.left = TRIED_REQUESTS;
    return this.left > 0;
  }

  /** Whether a window ends here in which appends came fast. */
  private countsFast(appends: number, nowMs: number): boolean {
    this.window.appends += appends;
    const elapsedMs = nowMs - this.window.sinceMs;
    if (elapsedMs < WINDOW_MS) return false;
    const isFast = this.window.appends / elapsedMs >= TRY_APPENDS_A_MS;
    this.window = { sinceMs: nowMs, appends: 0 };
    return isFast;
  }
}
