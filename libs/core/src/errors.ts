/** The closed list of what can go wrong behind a port. Each is documented in `docs/errors.md`. */
export const ERROR_CODES = [
  'LOG_UNAVAILABLE',
  'LOG_MISMATCH',
  'MESSAGE_TOO_LARGE',
  'DEPENDENCY_UNAVAILABLE',
  'CONSUMPTION_HALTED',
  'STORE_MISMATCH',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error with a code, a sentence that says what happened and what to do, and its cause. */
export class LogbookError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The log did not answer in time, or refused for now. Retriable. */
export class LogUnavailableError extends LogbookError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('LOG_UNAVAILABLE', message, options);
  }
}

/** The log is not what it should be: another log's id, a topic configured otherwise. Fatal. */
export class LogMismatchError extends LogbookError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('LOG_MISMATCH', message, options);
  }
}

/** A message is over the limit of its topic. Permanent for that message. */
export class MessageTooLargeError extends LogbookError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('MESSAGE_TOO_LARGE', message, options);
  }
}

/** Postgres, or another dependency of a consumer, is away. Retriable; nothing is skipped. */
export class DependencyUnavailableError extends LogbookError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('DEPENDENCY_UNAVAILABLE', message, options);
  }
}

/** The store is not what it should be: another log's tables, an unknown fold version. Fatal. */
export class StoreMismatchError extends LogbookError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('STORE_MISMATCH', message, options);
  }
}

/** Why a consumption cannot go on. */
export const HALT_REASONS = [
  /** The log does not hold the checkpoint: truncated, recreated, or another log. */
  'CHECKPOINT_NOT_IN_LOG',
  /** The last message consumed is not what it was: the topic was recreated, or the database belongs elsewhere. */
  'LAST_MESSAGE_DIFFERS',
  /** The consumer rejected with something that retrying cannot mend. */
  'CONSUMER_FAILED',
  /** The log holds a message that a newer release wrote. */
  'NEWER_RELEASE',
  /** The client library gave up. */
  'CLIENT_CRASHED',
  /** Messages wait, and for a long time nothing was done about them. */
  'STALLED',
] as const;
export type HaltReason = (typeof HALT_REASONS)[number];

export class ConsumptionHaltedError extends LogbookError {
  constructor(
    readonly reason: HaltReason,
    message: string,
    options?: { cause?: unknown },
  ) {
    super('CONSUMPTION_HALTED', message, options);
  }
}
