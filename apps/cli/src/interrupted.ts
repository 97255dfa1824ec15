/** 128 + SIGINT, the convention of shells for a process ended by a signal. */
const EXIT_INTERRUPTED = 130;

/** Aborted by the first Ctrl-C (or SIGTERM), so that a long command can leave in good order; a second one ends it at once. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

/** How an interrupted command ends: with a sentence and the exit code of an interruption. Any other failure is thrown on. */
export function endInterrupted(signal: AbortSignal, error: unknown, sentence: string): void {
  if (!signal.aborted) throw error;
  process.stderr.write(`logbook: ${sentence}\n`);
  process.exitCode = EXIT_INTERRUPTED;
}
