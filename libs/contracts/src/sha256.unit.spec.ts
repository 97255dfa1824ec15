import { sha256 } from './sha256.js';

describe('sha256', () => {
  it('hashes the UTF-8 of a text', () => {
    // Source: FIPS 180-4's example of "abc"; the other from sha256sum.
    expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256('\u00e9').toString('hex')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });
});
