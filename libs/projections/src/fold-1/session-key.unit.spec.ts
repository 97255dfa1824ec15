import { entityId, tenant } from '@logbook/contracts';
import { sessionKeyOf } from './session-key.js';

describe('sessionKeyOf', () => {
  it('is the hash of tenant and session, however often it is asked and whatever was asked between', () => {
    const tenants = ['acme', 'globex'].map((name) => tenant(name));
    const sessions = Array.from({ length: 5_000 }, (_, index) => `s${index}`);
    for (let round = 0; round < 2; round += 1) {
      for (const owner of tenants) {
        for (const session of sessions) {
          expect(sessionKeyOf(owner, session) === entityId('session', owner, session)).toBe(true);
        }
      }
    }
  });
});
