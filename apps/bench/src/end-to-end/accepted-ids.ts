const ID = /"id":"([0-9a-f-]{36})"/g;

/**
 * How many ids a server has answered, and what they come to together: two sets of as many different ids have the same
 * XOR by accident once in 2^128.
 */
export class AcceptedIds {
  count = 0;
  private readonly words = new Uint32Array(4);

  /** Takes the ids out of an answer, and returns the last of them. */
  take(answer: string): string | undefined {
    let last: string | undefined;
    for (const [, id = ''] of answer.matchAll(ID)) {
      last = id;
      this.count += 1;
      const hex = id.replaceAll('-', '');
      this.words.forEach((sofar, word) => {
        this.words[word] = sofar ^ Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16);
      });
    }
    return last;
  }

  /** In hexadecimal, as `rowsSql` has it of rows. */
  get xor(): string {
    return Array.from(this.words, (word) => word.toString(16).padStart(8, '0')).join('');
  }
}

/** The same of the rows of a table of events. PostgreSQL has no XOR of UUIDs, but one of bit strings. */
export const rowsSql = (table: string): string =>
  `SELECT count(*)::text AS count,
          coalesce(lpad(to_hex(bit_xor(high)), 16, '0') || lpad(to_hex(bit_xor(low)), 16, '0'), repeat('0', 32)) AS xor
     FROM ${table},
          LATERAL (SELECT replace(event_id::text, '-', '') AS hex) AS digits,
          LATERAL (SELECT ('x' || left(hex, 16))::bit(64)::bigint AS high, ('x' || right(hex, 16))::bit(64)::bigint AS low) AS halves`;
