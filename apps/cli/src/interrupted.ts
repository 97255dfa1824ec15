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

/** 128 + SIGINT, the convention of shells for a process ended by a signal. */
export const EXIT_INTERRUPTED = 130;
