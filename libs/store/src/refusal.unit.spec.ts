import { refusalReason } from './refusal.js';

describe('refusalReason', () => {
  it('names the condition, table, column and constraint, and nothing of the row', () => {
    const error = Object.assign(new Error('new row violates check constraint "no_secrets": secret'), {
      code: '23514',
      table: 'events',
      column: undefined,
      constraint: 'no_secrets',
      detail: 'Failing row contains (acme, secret).',
      where: 'secret',
    });
    expect(refusalReason(error)).toBe(
      'Postgres refused it: check violation (23514), table events, constraint no_secrets',
    );
  });

  it('gives the code of a condition it has no name for', () => {
    expect(refusalReason({ code: '22P99', table: 'people', column: 'person_id' })).toBe(
      'Postgres refused it: SQLSTATE (22P99), table people, column person_id',
    );
  });

  it('says so where there is no code', () => {
    expect(refusalReason(new Error('secret'))).toBe('Postgres refused it: an error without a code');
    expect(refusalReason(undefined)).toBe('Postgres refused it: an error without a code');
  });
});
