/** Lets consumers sleep until the log may have grown: at once after an append of this process, else by polling. */
export class Growth {
  private readonly sleepers = new Set<() => void>();

  /** Wakes everyone; each looks for itself. */
  announce(): void {
    for (const wake of [...this.sleepers]) wake();
  }

  /** Resolves at the next announcement, after `pollMs` (another process may have appended), or on abort. */
  wait(pollMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, pollMs);
      this.sleepers.add(wake);
      if (signal.aborted) wake();
      else signal.addEventListener('abort', wake);
    });
  }
}
