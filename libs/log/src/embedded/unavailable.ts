import { LogbookError, LogUnavailableError } from '@logbook/core';

/** What LMDB refuses (a full disk, a lost mount) may be mended by waiting; our own errors keep their meaning. */
export function unavailable(error: unknown): never {
  if (error instanceof LogbookError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  throw new LogUnavailableError(`the embedded log refused: ${reason}`, { cause: error });
}
