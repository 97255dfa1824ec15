/** How a consumption ends, once: resolved after a stop, rejected by a halt. */
export class Settlement {
  readonly ended: Promise<void>;
  private settled = false;
  private resolveEnded!: () => void;
  private rejectEnded!: (error: Error) => void;

  constructor() {
    this.ended = new Promise((resolve, reject) => {
      this.resolveEnded = resolve;
      this.rejectEnded = reject;
    });
    // Whoever awaits `ended` later still sees the halt; until then it must not take the process down.
    this.ended.catch(() => undefined);
  }

  /** Whether this call decided it. */
  stopped(): boolean {
    return this.settle(this.resolveEnded);
  }

  halted(error: Error): boolean {
    return this.settle(() => this.rejectEnded(error));
  }

  private settle(how: () => void): boolean {
    if (this.settled) return false;
    this.settled = true;
    how();
    return true;
  }
}
