/**
 * Tells of each of many waits that its time is up, unless it has ended before. All are as long, so they run out in the order in
 * which they began, and one timer serves them all.
 */
export class Timeouts<Wait> {
  /** When each runs out, in milliseconds of `performance.now()`; in that order. */
  private readonly waits = new Map<Wait, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly timeoutMs: number,
    private readonly ranOut: (wait: Wait) => void,
  ) {}

  begin(wait: Wait): void {
    this.waits.set(wait, performance.now() + this.timeoutMs);
    this.timer ??= setTimeout(this.look, this.timeoutMs);
  }

  /** Idempotent. */
  end(wait: Wait): void {
    this.waits.delete(wait);
    if (this.waits.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly look = (): void => {
    this.timer = undefined;
    const nowMs = performance.now();
    for (const [wait, endsMs] of this.waits) {
      // Timers count whole milliseconds, and may fire a part of one early.
      if (endsMs > nowMs + 1) {
        this.timer ??= setTimeout(this.look, endsMs - nowMs);
        return;
      }
      this.waits.delete(wait);
      this.ranOut(wait);
    }
  };
}
