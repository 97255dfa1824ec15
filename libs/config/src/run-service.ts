import { setTimeout as delay } from 'node:timers/promises';
import { LogbookError } from '@logbook/core';
import { SettingsError } from './settings.js';

/** A started service. */
export interface RunningService {
  /** Stops accepting, finishes what is under way, leaves. Called once. */
  stop(): Promise<void>;
  /** Rejects when the service cannot go on by itself; the process then stops, within 10 s, and exits with code 1. */
  readonly failed?: Promise<never>;
}

/** What a person reads on standard error when a start fails for a reason they can mend. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

const EXIT_FAILED = 1;
/** What is left to do after a failure may wait for the very thing that failed. */
const FAILED_STOP_MS_MAX_DEFAULT = 10_000;
/** 128 + SIGINT, the convention of shells for a process ended by a signal. */
const EXIT_INTERRUPTED = 130;

/**
 * Runs a service until a signal or a failure. The first SIGINT or SIGTERM stops it gracefully, a second one ends the
 * process at once. A start that fails for a known reason prints one line and exits with code 1.
 */
export async function runService(
  name: string,
  start: (options: { readonly stopping: AbortSignal }) => Promise<RunningService>,
  { failedStopMsMax = FAILED_STOP_MS_MAX_DEFAULT }: { readonly failedStopMsMax?: number } = {},
): Promise<void> {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    const onSignal = (): void => {
      if (stopping.signal.aborted) process.exit(EXIT_INTERRUPTED);
      stopping.abort();
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
  try {
    const service = await untilStopped(start({ stopping: stopping.signal }), stopped);
    if (service === undefined) process.exit(0);
    try {
      await Promise.race([stopped, service.failed ?? new Promise<never>(() => undefined)]);
    } catch (error) {
      stopping.abort();
      await Promise.race([service.stop(), delay(failedStopMsMax)]);
      throw error;
    }
    await service.stop();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${name}: ${explain(error)}\n`);
    process.exit(EXIT_FAILED);
  }
}

/** A signal during the start ends it: nothing has been accepted yet. */
async function untilStopped<T>(started: Promise<T>, stopped: Promise<void>): Promise<T | undefined> {
  return Promise.race([started, stopped.then(() => undefined)]);
}

/** One line for what a person can mend, the stack for a bug. */
export function explain(error: unknown): string {
  if (error instanceof SettingsError || error instanceof LogbookError || error instanceof StartError) {
    return error.message.replaceAll(/\s*\n\s*/g, ' ');
  }
  const { code, address, port, path } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `port ${port} on ${address} is in use: stop what listens there, or choose another port with PORT (LOGBOOK_PROJECTOR_PORT for the projector, LOGBOOK_USAGE_PORT for usage)`;
  }
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address}: set HOST to one it has, e.g. 127.0.0.1`;
  if (code === 'EACCES' && port !== undefined)
    return `port ${port} needs more rights than this user has: choose one above 1023 with PORT`;
  if ((code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EPERM') && path !== undefined) {
    return `${path} cannot be written (${code}): give this user the right to, or set LOGBOOK_DATA_DIR to another directory`;
  }
  if (code === 'ENOSPC')
    return `the disk is full${path === undefined ? '' : ` at ${path}`}: free some room and start again`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
