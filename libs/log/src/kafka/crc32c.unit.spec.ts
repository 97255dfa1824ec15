import { crc32c } from './crc32c.js';

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  it.each([
    ['nothing', Buffer.alloc(0), 0],
    ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['32 counting up', Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
    ['nine digits', Buffer.from('123456789'), 0xe3069283],
  ])('of %s is what the standard says', (_, bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum);
  });
});
