import { apiKeyId, tenant } from '@logbook/contracts';
import type { Authentication } from '@logbook/core';
import { apiKeySha256 } from '@logbook/log';
import { ControlKeyRing } from './control-key-ring.js';

const VALID: Authentication = { state: 'VALID', tenant: tenant('acme'), apiKeyId: apiKeyId('0123456789abcdef') };
const UNKNOWN: Authentication = { state: 'UNKNOWN' };

/** A control state that holds what the map holds now. */
function ringOver(keys: Map<string, Authentication>) {
  const asked: string[] = [];
  const ring = new ControlKeyRing({
    authenticate: (sha256) => {
      asked.push(sha256);
      return keys.get(sha256) ?? UNKNOWN;
    },
  });
  return { ring, asked };
}

describe('ControlKeyRing', () => {
  const key = 'a-key-that-was-issued';

  it('asks the control state at every request, so that a revocation counts from the next one on', () => {
    const keys = new Map([[apiKeySha256(key), VALID]]);
    const { ring, asked } = ringOver(keys);
    expect([ring.authenticate(key), ring.authenticate(key)]).toEqual([VALID, VALID]);
    keys.clear();
    expect(ring.authenticate(key)).toEqual(UNKNOWN);
    expect(asked).toEqual(Array(3).fill(apiKeySha256(key)));
  });

  it('takes a key that is issued after it was refused', () => {
    const keys = new Map<string, Authentication>();
    const { ring } = ringOver(keys);
    expect(ring.authenticate(key)).toEqual(UNKNOWN);
    keys.set(apiKeySha256(key), VALID);
    expect(ring.authenticate(key)).toEqual(VALID);
  });

  it('remembers nothing of keys that were never issued', () => {
    const { ring } = ringOver(new Map([[apiKeySha256(key), VALID]]));
    for (let n = 0; n < 1_000; n += 1) ring.authenticate(`made-up-${n}`);
    ring.authenticate(key);
    expect((ring as unknown as { hashes: Map<string, string> }).hashes.size).toBe(1);
  });
});
