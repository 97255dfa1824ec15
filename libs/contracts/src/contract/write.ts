import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractDocuments } from './documents.js';
import { releasesIn } from './released.js';

/** Writes `docs/asyncapi.json` and `docs/schemas/`; run after a change of a message, and checked by a test. */
const library = fileURLToPath(new URL('../../', import.meta.url));
const docs = join(library, '../../docs');
const { version } = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8')) as { version: string };
rmSync(join(docs, 'schemas'), { recursive: true, force: true });
for (const [name, text] of contractDocuments(releasesIn(join(library, 'released')), version)) {
  const file = join(docs, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
