import { type ErrorCode, LogbookError } from './errors.js';

/**
 * Where what a gateway accepts goes.
 *
 * `DIRECT`: to the log. Left for SPOOLING when the log refuses an append for now, or does not answer within the hold.
 * `SPOOLING`: to the spool, at once; the log is tried with what lies there first. Left for DRAINING when it takes some.
 * `DRAINING`: to the spool still, behind what it holds, while that goes to the log. Back to SPOOLING when the log is away again.
 *
 * Either is left for DIRECT when the spool is empty, and not before: so nothing overtakes what was accepted earlier.
 */
export const SPOOL_MODES = ['DIRECT', 'SPOOLING', 'DRAINING'] as const;
export type SpoolMode = (typeof SPOOL_MODES)[number];

/** What a gateway learns: the log refused or was silent, the log took what it was given, the spool holds nothing. */
export type SpoolSignal = 'LOG_AWAY' | 'LOG_TOOK' | 'SPOOL_EMPTY';

export function nextSpoolMode(mode: SpoolMode, signal: SpoolSignal): SpoolMode {
  switch (signal) {
    case 'LOG_AWAY':
      return 'SPOOLING';
    case 'LOG_TOOK':
      return mode === 'DIRECT' ? 'DIRECT' : 'DRAINING';
    case 'SPOOL_EMPTY':
      return 'DIRECT';
  }
}

/** What a log says of a message that it will never take, however often it is tried. */
const REFUSED_FOR_GOOD: readonly ErrorCode[] = ['MESSAGE_TOO_LARGE', 'LOG_MISMATCH'];

/**
 * What follows from a failed attempt to bring messages from the spool to the log. Of several messages it cannot be said
 * which one is at fault, so they are tried one by one; only one that was alone is parked.
 */
export function afterFailedDrain(error: unknown, messages: number): 'PARK' | 'TRY_ONE_BY_ONE' | 'WAIT' {
  const isForGood = error instanceof LogbookError && REFUSED_FOR_GOOD.includes(error.code);
  if (!isForGood) return 'WAIT';
  return messages === 1 ? 'PARK' : 'TRY_ONE_BY_ONE';
}
