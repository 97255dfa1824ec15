import { inProcessFactCache, tieredFactCache } from '@logbook/cache';
import { fingerprintId, issueFingerprintId, tenant } from '@logbook/contracts';
import { DependencyUnavailableError, fingerprintFact } from '@logbook/core';
import { FingerprintLookup, type StoredFingerprint } from './fingerprint-lookup.js';

const acme = tenant('acme');
const secret = 'secret';
const issued = issueFingerprintId({ tenant: acme, contentJson: '{}', secret });
const foreign = fingerprintId('970e9e3c-0b4a-5449-bd7d-ebbfb999dc25');

function lookup(stored: StoredFingerprint) {
  const near = inProcessFactCache();
  const far = inProcessFactCache();
  const asked = jest.fn(stored);
  return {
    near,
    far,
    asked,
    lookup: new FingerprintLookup({ near, shared: tieredFactCache(near, far), secret, stored: asked }),
  };
}

describe('FingerprintLookup', () => {
  it('knows an id that proves itself without asking the projections', async () => {
    const { lookup: fingerprints, asked } = lookup(() => Promise.resolve(false));
    await expect(fingerprints.find(acme, issued)).resolves.toBe('KNOWN');
    expect(asked).not.toHaveBeenCalled();
  });

  it('does not take the proof of another tenant', async () => {
    const { lookup: fingerprints } = lookup(() => Promise.resolve(false));
    await expect(fingerprints.find(tenant('other'), issued)).resolves.toBe('UNKNOWN');
  });

  it('knows an id without a proof that another gateway saw', async () => {
    const { lookup: fingerprints, far, asked } = lookup(() => Promise.resolve(false));
    await far.remember([fingerprintFact(acme, foreign)]);
    await expect(fingerprints.find(acme, foreign)).resolves.toBe('KNOWN');
    expect(asked).not.toHaveBeenCalled();
  });

  it('knows an id without a proof that the projections hold, and asks them once', async () => {
    const { lookup: fingerprints, asked } = lookup(() => Promise.resolve(true));
    await expect(fingerprints.find(acme, foreign)).resolves.toBe('KNOWN');
    await expect(fingerprints.find(acme, foreign)).resolves.toBe('KNOWN');
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('says UNKNOWN only when projections that answer reads do not hold it', async () => {
    await expect(lookup(() => Promise.resolve(false)).lookup.find(acme, foreign)).resolves.toBe('UNKNOWN');
  });

  it('accepts an id when the projections cannot answer', async () => {
    await expect(lookup(() => Promise.resolve(undefined)).lookup.find(acme, foreign)).resolves.toBe('KNOWN');
    const away = () => Promise.reject(new DependencyUnavailableError('away'));
    await expect(lookup(away).lookup.find(acme, foreign)).resolves.toBe('KNOWN');
  });

  it.each([
    ['proves itself', issued, () => Promise.resolve(false)],
    ['the projections hold', foreign, () => Promise.resolve(true)],
  ])('knows one that %s without a wait from then on, for its tenant alone', async (_, id, stored) => {
    const { lookup: fingerprints } = lookup(stored);
    expect(fingerprints.isKnown(acme, id)).toBe(false);
    await fingerprints.find(acme, id);
    expect(fingerprints.isKnown(acme, id)).toBe(true);
    expect(fingerprints.isKnown(tenant('other'), id)).toBe(false);
  });

  it('does not remember an id it accepted for want of an answer', async () => {
    const answers: (boolean | undefined)[] = [undefined, false];
    const { lookup: fingerprints } = lookup(() => Promise.resolve(answers.shift()));
    await expect(fingerprints.find(acme, foreign)).resolves.toBe('KNOWN');
    expect(fingerprints.isKnown(acme, foreign)).toBe(false);
    await expect(fingerprints.find(acme, foreign)).resolves.toBe('UNKNOWN');
    expect(fingerprints.isKnown(acme, foreign)).toBe(false);
  });
});
