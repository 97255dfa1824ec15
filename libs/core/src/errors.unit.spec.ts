import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, HALT_REASONS } from './errors.js';

const page = readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8');
const firstColumn = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);

describe('docs/errors.md', () => {
  it('explains every error code and every reason to halt, and none that does not exist', () => {
    expect(firstColumn).toEqual([...ERROR_CODES, ...HALT_REASONS]);
  });
});
