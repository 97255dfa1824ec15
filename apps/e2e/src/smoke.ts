import { parseArgs } from 'node:util';
import { readClientSettings } from '@logbook/config';
import { uniqueName } from '@logbook/testing';
import { ServerAwayError, SmokeServer } from './smoke/server.js';
import { smokeSteps, type SmokeStep } from './smoke/steps.js';

const HELP = `Drives every operation of a running Logbook once, under new names, and says what failed.

Usage: npm run smoke -- [--json]

  --json    print one JSON document instead of a line for each operation
  --help    print this

Environment:
  LOGBOOK_URL       where the server is (http://127.0.0.1:8080)
  LOGBOOK_API_KEY   the key (the one in <LOGBOOK_DATA_DIR or .logbook>/api-key)

Exit code: 0 if everything is as documented, 1 if something failed or the server or the key is missing.
`;

interface StepResult {
  readonly operation: string;
  readonly ok: boolean;
  /** What was expected and what came; `null` where it is ok. */
  readonly problem: string | null;
  readonly durationMs: number;
}

const EXIT_FAILED = 1;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  let options;
  try {
    options = parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    return fail(`${(error as Error).message} (--help shows what there is)`);
  }
  if (options.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const { url, apiKey, apiKeyFile } = readClientSettings();
  if (!/^https?:\/\/./.test(url)) return fail(`LOGBOOK_URL must be a URL like http://127.0.0.1:8080, not ${url}`);
  if (apiKey === null) return fail(`there is no API key: set LOGBOOK_API_KEY (no key is kept in ${apiKeyFile} either)`);
  const print = options.json === true ? () => undefined : printLine;
  try {
    const results = await runSteps(new SmokeServer(url, apiKey), print);
    const failed = results.filter(({ ok }) => !ok).length;
    if (options.json === true)
      process.stdout.write(`${JSON.stringify({ url, ok: failed === 0, steps: results }, null, 2)}\n`);
    else
      process.stdout.write(
        `${failed === 0 ? `all ${results.length} operations are ok` : `${failed} of ${results.length} operations failed`} at ${url}\n`,
      );
    return failed === 0 ? 0 : EXIT_FAILED;
  } catch (error) {
    if (!(error instanceof ServerAwayError)) throw error;
    return fail(`${error.message}: start the server with npm start, or set LOGBOOK_URL to where it is`);
  }
}

async function runSteps(server: SmokeServer, print: (result: StepResult) => void): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of smokeSteps(uniqueName('smoke'))) {
    const result = await runStep(step, server);
    results.push(result);
    print(result);
  }
  return results;
}

/** A server that is away ends the whole run; anything else is this step's failure. */
async function runStep({ operation, run }: SmokeStep, server: SmokeServer): Promise<StepResult> {
  const startMs = performance.now();
  const result = (problem: string | null): StepResult => {
    return { operation, ok: problem === null, problem, durationMs: Math.round(performance.now() - startMs) };
  };
  try {
    await run(server);
    return result(null);
  } catch (error) {
    if (error instanceof ServerAwayError) throw error;
    return result((error as Error).message);
  }
}

function printLine({ operation, ok, problem, durationMs }: StepResult): void {
  process.stdout.write(ok ? `ok      ${operation} (${durationMs} ms)\n` : `FAILED  ${operation}: ${problem}\n`);
}

function fail(message: string): number {
  process.stderr.write(`smoke: ${message}\n`);
  return EXIT_FAILED;
}
