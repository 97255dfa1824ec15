/** Proves that every boundary rule bites: lints `fixture/` and compares what is refused with what its comments say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { writeProjectGraph } from '../project-graph.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURE = fileURLToPath(new URL('fixture', import.meta.url));
const RULES = [
  '@nx/enforce-module-boundaries',
  'no-restricted-imports',
  'no-restricted-globals',
  'no-restricted-properties',
];

await writeProjectGraph();
const eslint = new ESLint({
  cwd: ROOT,
  ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
  // The files do not exist where they are linted, so there are no types for them; these rules need none.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

let wrong = 0;
let checked = 0;
const unproven = new Set(RULES);
for (const file of readdirSync(FIXTURE, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
  const source = readFileSync(join(FIXTURE, file), 'utf8');
  const expected = expectations(source);
  const refused = await refusals(source, join(ROOT, file));
  for (const line of expected.filter((line) => !refused.includes(line))) report(file, line, 'is not refused');
  for (const line of refused.filter((line) => !expected.includes(line))) report(file, line, 'is refused, but legal');
  for (const line of expected) unproven.delete(line.split(' ')[1]);
  checked += expected.length;
}
for (const rule of unproven) report('fixture', rule, 'is proven by no line');
process.stdout.write(`boundaries: ${checked} illegal lines, ${wrong} problems\n`);
process.exit(wrong === 0 && checked > 0 ? 0 : 1);

/** As `<line> <rule>`. */
function expectations(source) {
  return source.split('\n').flatMap((text, index) => {
    const rule = /\/\/ illegal: (\S+)$/.exec(text)?.[1];
    return rule === undefined ? [] : [`${index + 1} ${rule}`];
  });
}

async function refusals(source, filePath) {
  const [result] = await eslint.lintText(source, { filePath });
  const fatal = result.messages.find((message) => message.fatal);
  if (fatal !== undefined) throw new Error(`${relative(ROOT, filePath)}: ${fatal.message}`);
  return [...new Set(result.messages.map(({ line, ruleId }) => `${line} ${ruleId}`))];
}

function report(file, line, problem) {
  wrong += 1;
  process.stderr.write(`${file}: ${line} ${problem}\n`);
}
