import { sha256 } from '@logbook/contracts';
import { framed, rowSha256 } from './row-hash.js';
import type { DigestColumn } from './digest-columns.js';

/** How many rows, and 64 hexadecimal digits that stand for their set. */
export interface TableDigest {
  readonly rows: number;
  readonly digest: string;
}

/** By the names of tables. */
export type Digests = ReadonlyMap<string, TableDigest>;

export const LANES = 4;
const LANE_BITS = 64;

/**
 * The digest of rows in any order: the sums of the four 64-bit lanes (big-endian) of their hashes, each modulo 2^64.
 * Sums, and not exclusive or, so that a row that is there twice does not cancel itself out.
 */
export class RowSums {
  private rows = 0;
  private readonly sums = new Array<bigint>(LANES).fill(0n);

  add(hash: Buffer): void {
    this.rows += 1;
    for (let lane = 0; lane < LANES; lane += 1) {
      this.sums[lane] = (this.sums[lane] as bigint) + hash.readBigUInt64BE(lane * 8);
    }
  }

  digest(): TableDigest {
    return tableDigest(this.rows, this.sums);
  }
}

/** A digest from sums made elsewhere; only their remainders modulo 2^64 count, so signed lanes may have been added. */
export function tableDigest(rows: number, sums: readonly bigint[]): TableDigest {
  const digits = sums.map((sum) =>
    BigInt.asUintN(LANE_BITS, sum)
      .toString(16)
      .padStart(LANE_BITS / 4, '0'),
  );
  return { rows, digest: digits.join('') };
}

/** The digest of rows in memory. */
export function digestOfRows(
  table: string,
  columns: readonly DigestColumn[],
  rows: Iterable<Readonly<Record<string, unknown>>>,
): TableDigest {
  const sums = new RowSums();
  for (const row of rows) sums.add(rowSha256(table, columns, row));
  return sums.digest();
}

/** One digest for all tables, 64 hexadecimal digits: SHA-256 of each table's name, rows and digest, by name. */
export function combinedDigest(digests: Digests): string {
  const lines = [...digests]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { rows, digest }]) => framed(name) + framed(String(rows)) + framed(digest));
  return sha256(lines.join('')).toString('hex');
}
