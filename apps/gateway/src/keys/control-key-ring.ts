import type { Authentication, ControlState } from '@logbook/core';
import { apiKeySha256 } from '@logbook/log';
import { KeyRing } from './key-ring.js';

/** Answers from the control state this process follows; Postgres and Redis play no part. */
export class ControlKeyRing extends KeyRing {
  constructor(private readonly state: ControlState) {
    super();
  }

  override authenticate(key: string): Authentication {
    return this.state.authenticate(apiKeySha256(key));
  }
}
