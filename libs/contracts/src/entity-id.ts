import { createHash } from 'node:crypto';

/**
 * The id of what a name stands for: a UUIDv8 (RFC 9562) that holds 122 of the first 128 bits of a SHA-256 over
 * the parts. Each part is preceded by its length in bytes, so that no two lists of parts give the same text.
 * Names are up to 2 KiB of UTF-8, too long to be index entries in pairs; their ids are not.
 */
export function entityId(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    hash.update(length).update(part, 'utf8');
  }
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
