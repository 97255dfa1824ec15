/** Castagnoli's polynomial, bits reversed. Source: RFC 3720, appendix B.4, whose examples the tests use. */
const POLYNOMIAL = 0x82f63b78;

const NEXT = tableOfBytes();
/** What a byte adds to the checksum when one, two or three more follow it, so that four are folded in one step. */
const NEXT_BUT_1 = shifted(NEXT);
const NEXT_BUT_2 = shifted(NEXT_BUT_1);
const NEXT_BUT_3 = shifted(NEXT_BUT_2);

function tableOfBytes(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 1) === 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
    return sum;
  });
}

function shifted(table: Int32Array): Int32Array {
  return table.map((sum) => (sum >>> 8) ^ (NEXT[sum & 0xff] as number));
}

/** The checksum of a record batch. Node's zlib has CRC-32 of another polynomial only. */
export function crc32c(bytes: Uint8Array): number {
  let sum = -1;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    sum ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    sum =
      (NEXT_BUT_3[sum & 0xff] as number) ^
      (NEXT_BUT_2[(sum >>> 8) & 0xff] as number) ^
      (NEXT_BUT_1[(sum >>> 16) & 0xff] as number) ^
      (NEXT[sum >>> 24] as number);
  }
  for (; at < bytes.length; at += 1) sum = (NEXT[(sum ^ (bytes[at] as number)) & 0xff] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}
