import type { Authentication, ControlState } from '@logbook/core';
import { apiKeySha256 } from '@logbook/log';
import type { KeyRing } from './key-ring.js';

/** Answers from the control state this process follows; Postgres and Redis play no part. */
export class ControlKeyRing implements KeyRing {
  constructor(private readonly state: ControlState) {}

  authenticate(key: string): Authentication {
    return this.state.authenticate(apiKeySha256(key));
  }
}
