import type { Authentication } from '@logbook/core';

/**
 * Who holds an API key. Decided by the copy of `control` this gateway keeps, so it answers at once and
 * without any dependency. The class doubles as the injection token.
 */
export abstract class KeyRing {
  /** `key` is what followed `Bearer`, as sent. Must not block and must not throw for any string. */
  abstract authenticate(key: string): Authentication;
}
