/** Names of conditions a row can run into. Source: PostgreSQL manual, appendix A. */
const CONDITIONS: ReadonlyMap<string, string> = new Map([
  ['22001', 'string data right truncation'],
  ['22003', 'numeric value out of range'],
  ['22007', 'invalid datetime format'],
  ['22008', 'datetime field overflow'],
  ['22021', 'character not in repertoire'],
  ['22023', 'invalid parameter value'],
  ['22P02', 'invalid text representation'],
  ['22P05', 'untranslatable character'],
  ['23502', 'not null violation'],
  ['23503', 'foreign key violation'],
  ['23505', 'unique violation'],
  ['23514', 'check violation'],
  ['23P01', 'exclusion violation'],
  ['54000', 'program limit exceeded'],
]);

/**
 * Why Postgres refused values, in a sentence fit to be stored and shown: the condition and what it was about. The server's
 * own message and details quote the row, and a row is a tenant's.
 */
export function refusalReason(error: unknown): string {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  const code = textOf(fields['code']);
  const condition = code === undefined ? 'an error without a code' : (CONDITIONS.get(code) ?? 'SQLSTATE');
  const places = ['table', 'column', 'constraint'].flatMap((place) => {
    const name = textOf(fields[place]);
    return name === undefined ? [] : [`${place} ${name}`];
  });
  return [`Postgres refused it: ${condition}${code === undefined ? '' : ` (${code})`}`, ...places].join(', ');
}

const textOf = (field: unknown): string | undefined => (typeof field === 'string' && field !== '' ? field : undefined);
