import type { Authentication, ControlState } from '@logbook/core';
import { apiKeySha256 } from '@logbook/log';
import { KeyRing } from './key-ring.js';

/**
 * Answers from the control state this process follows; Postgres and Redis play no part. The state is asked at every
 * request, so a key is refused from the moment its revocation was followed.
 */
export class ControlKeyRing extends KeyRing {
  /** Hashes of keys that exist: at most as many as were issued, so that no sender of made-up keys makes it grow. */
  private readonly hashes = new Map<string, string>();

  constructor(private readonly state: Pick<ControlState, 'authenticate'>) {
    super();
  }

  override authenticate(key: string): Authentication {
    const known = this.hashes.get(key);
    if (known !== undefined) return this.state.authenticate(known);
    const sha256 = apiKeySha256(key);
    const verdict = this.state.authenticate(sha256);
    if (verdict.state !== 'UNKNOWN') this.hashes.set(key, sha256);
    return verdict;
  }
}
