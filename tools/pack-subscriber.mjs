/** `npm run subscriber:pack -- <folder>`: the subscriber library and the libraries it stands on, as packages to install from files. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIBRARIES = ['contracts', 'core', 'log', 'subscriber'];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: npm run subscriber:pack -- <folder>\n');
  process.exit(1);
}
const destination = resolve(process.env.INIT_CWD ?? process.cwd(), folder);
mkdirSync(destination, { recursive: true });
const workspaces = LIBRARIES.flatMap((name) => ['--workspace', `@logbook/${name}`]);
const { status } = spawnSync('npm', ['pack', '--pack-destination', destination, ...workspaces], {
  cwd: ROOT,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exit(status ?? 1);
