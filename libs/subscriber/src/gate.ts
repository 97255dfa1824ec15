import { setMaxListeners } from 'node:events';

/** Lets batches through, or holds them back; and knows when none is under way. */
export class Gate {
  private opened: Promise<void> | undefined;
  private open = (): void => undefined;
  private underWay = 0;
  private readonly idle = new Set<() => void>();

  get isClosed(): boolean {
    return this.opened !== undefined;
  }

  /** Holds back what comes; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.opened ??= new Promise((resolve) => (this.open = resolve));
    if (this.underWay > 0) await new Promise<void>((resolve) => this.idle.add(resolve));
  }

  reopen(): void {
    this.opened = undefined;
    this.open();
  }

  /** Runs `work` once the gate is open; `INTERRUPTED` if `signal` aborts before. */
  async through<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | 'INTERRUPTED'> {
    while (this.opened !== undefined) {
      if (signal.aborted) return 'INTERRUPTED';
      await openedOrAborted(this.opened, signal);
    }
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) {
        for (const resolve of this.idle) resolve();
        this.idle.clear();
      }
    }
  }
}

async function openedOrAborted(opened: Promise<void>, signal: AbortSignal): Promise<void> {
  setMaxListeners(0, signal);
  let abort = (): void => undefined;
  const aborted = new Promise<void>((resolve) => (abort = resolve));
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([opened, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
