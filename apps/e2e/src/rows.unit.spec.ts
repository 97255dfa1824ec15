import { differences } from './rows.js';

describe('differences', () => {
  it('are none between the same rows', () => {
    expect(differences({ agents: ['a', 'b'] }, { agents: ['a', 'b'] })).toEqual([]);
  });

  it('name what is missing, what is too much, and a row that is there twice', () => {
    expect(differences({ agents: ['a', 'b'], people: [] }, { agents: ['a', 'a', 'c'], people: [] })).toEqual([
      'agents lacks b',
      'agents has also a',
      'agents has also c',
    ]);
  });

  it('see a table that one side does not have', () => {
    expect(differences({ agents: ['a'] }, {})).toEqual(['agents lacks a']);
  });
});
