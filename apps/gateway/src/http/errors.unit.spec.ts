import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SLUGS, STATUS_OF_SLUG } from './errors.js';

test('docs/http-errors.md documents every slug with its status, and no other', () => {
  const page = readFileSync(resolve(__dirname, '../../../../docs/http-errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| +(\d{3}) +\| .+ \| .+ \|$/gm)];
  const documented = Object.fromEntries(rows.map(([, slug, status]) => [slug!, Number(status)]));
  expect(documented).toEqual(STATUS_OF_SLUG);
  expect(rows).toHaveLength(SLUGS.length);
});
