import { offset } from '@logbook/contracts';
import { decodePlace, encodePlace } from './group-places.js';

describe('a place in the broker', () => {
  const last = { offset: offset(41), sha256: Buffer.alloc(32, 7) };

  it('comes back as it was committed, with the last message or without', () => {
    for (const position of [{ next: offset(42), last }, { next: offset(0) }]) {
      expect(decodePlace(encodePlace(position))).toEqual(position);
    }
  });

  it.each([null, '', 'by hand', `41:${'0'.repeat(63)}`, `41:${'0'.repeat(65)}`, `x:${'0'.repeat(64)}`])(
    'names no last message where the metadata %j is not ours',
    (metadata) => {
      expect(decodePlace({ offset: '7', metadata })).toEqual({ next: 7 });
    },
  );
});
