/**
 * Settles like `work`, unless a signal aborts first; what the work does later is ignored. Nothing of it stays with the signals
 * once it has settled: a race with a promise that lives as long as they do would keep every result until then.
 */
export function orAborted<T>(work: Promise<T>, ...signals: readonly AbortSignal[]): Promise<T | 'ABORTED'> {
  return new Promise<T | 'ABORTED'>((resolve, reject) => {
    const aborted = (): void => resolve('ABORTED');
    const forget = (): void => signals.forEach((signal) => signal.removeEventListener('abort', aborted));
    for (const signal of signals) {
      if (signal.aborted) aborted();
      signal.addEventListener('abort', aborted, { once: true });
    }
    work.then(resolve, reject).finally(forget);
  });
}
