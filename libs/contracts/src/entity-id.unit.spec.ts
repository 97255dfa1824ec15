import { createHash } from 'node:crypto';
import { entityId } from './entity-id.js';
import { isUuid } from './identifiers.js';

describe('entityId', () => {
  it('is a UUID of version 8 and the RFC 9562 variant', () => {
    for (let index = 0; index < 200; index += 1) {
      const id = entityId('agent', 'acme', `name ${index}`);
      expect(isUuid(id)).toBe(true);
      expect(id[14]).toBe('8');
      expect('89ab').toContain(id[19]);
    }
  });

  it('holds the bits of a SHA-256 over the length-framed parts', () => {
    const hex = createHash('sha256').update('\0\0\0\x01a\0\0\0\x02é', 'utf8').digest('hex');
    const id = entityId('a', 'é').replaceAll('-', '');
    expect(id.slice(0, 12)).toBe(hex.slice(0, 12));
    expect(id.slice(13, 16)).toBe(hex.slice(13, 16));
    expect(id.slice(17)).toBe(hex.slice(17, 32));
  });

  it('tells apart lists whose joined text is the same', () => {
    const ids = [entityId('ab', 'c'), entityId('a', 'bc'), entityId('abc'), entityId('abc', ''), entityId('', 'abc')];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells names of 512 four-byte characters apart by their last one', () => {
    const long = '😀'.repeat(511);
    expect(entityId('agent', 'acme', `${long}😀`)).not.toBe(entityId('agent', 'acme', `${long}😁`));
  });
});
