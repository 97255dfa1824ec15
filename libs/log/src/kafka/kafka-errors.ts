import { LogbookError, LogUnavailableError, MessageTooLargeError } from '@logbook/core';

/** The protocol's name of the error (`MESSAGE_TOO_LARGE` …) wherever in the chain of causes it is. */
export function protocolErrorType(error: unknown): string | undefined {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 10; depth += 1) {
    if ('type' in current && typeof current.type === 'string') return current.type;
    current = current.cause;
  }
  return undefined;
}

/**
 * What a broker or the client library refuses is taken for an outage: it may be mended from outside (a broker
 * comes back, an access rule is granted), and nothing is lost by trying again. Our own errors keep their meaning.
 */
export function asLogError(error: unknown, what: string): LogbookError {
  if (error instanceof LogbookError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new LogUnavailableError(`${what}: ${reason}`, { cause: error });
}

/** A rejected produce request. Only of a message that was alone can it be said that the message is at fault. */
export function asAppendError(error: unknown, messages: number): LogbookError {
  const type = protocolErrorType(error);
  if (type !== 'MESSAGE_TOO_LARGE' && type !== 'RECORD_LIST_TOO_LARGE') {
    return asLogError(error, 'the append was not acknowledged and may or may not be in the log');
  }
  if (messages === 1)
    return new MessageTooLargeError('the broker refused the message: it is over max.message.bytes of its topic', {
      cause: error,
    });
  return new LogUnavailableError(
    'the broker refused a batch below the limit: max.message.bytes of the topic was lowered',
    { cause: error },
  );
}
