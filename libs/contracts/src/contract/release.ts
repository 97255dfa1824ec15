import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractOfThisRelease } from './contract.js';
import { jsonText } from './documents.js';

/**
 * Keeps the contract of this version in `released/`, for later versions to be held to. Part of releasing; fails where the
 * version has been released before.
 */
const library = fileURLToPath(new URL('../../', import.meta.url));
const parsed = (file: string): unknown => JSON.parse(readFileSync(join(library, file), 'utf8'));
const { version } = parsed('package.json') as { version: string };
const folder = join(library, 'released', version);
if (existsSync(folder)) throw new Error(`${version} was released before: raise the version of libs/contracts first`);
mkdirSync(folder);
const files = readdirSync(join(library, 'golden/messages')).sort();
const goldens = files.map((file) => [
  file.slice(0, -'.json'.length),
  (parsed(`golden/messages/${file}`) as { sha256: string }).sha256,
]);
writeFileSync(join(folder, 'contract.json'), jsonText(contractOfThisRelease()));
writeFileSync(join(folder, 'goldens.json'), jsonText(Object.fromEntries(goldens)));
