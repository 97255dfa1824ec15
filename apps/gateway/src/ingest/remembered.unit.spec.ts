import { Remembered } from './remembered.js';

describe('what is remembered', () => {
  const known = (remembered: Remembered): string[] => ['a', 'b', 'c'].filter((text) => remembered.has(text));

  it('is kept up to the bound, and begins anew with the first past it', () => {
    const remembered = new Remembered(2);
    remembered.add('a');
    remembered.add('b');
    expect(known(remembered)).toEqual(['a', 'b']);
    remembered.add('c');
    expect(known(remembered)).toEqual(['c']);
  });
});
