import { readSettings } from '@logbook/config';
import { readTotals, type Totals } from '@logbook/usage';
import { Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';
import { printJson, printTable } from '../output.js';
import { parseTime } from '../time-argument.js';
import { wholeNumberUpTo } from '../whole-number.js';
import { withUsageStore } from './with-usage-store.js';

interface UsageCommandOptions {
  readonly tenant?: string;
  readonly agent?: string;
  readonly day?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const ROWS_MAX = 100_000;

export function usageCommand(): Command {
  return new Command('usage')
    .description(
      'calls, errors and tokens by day (UTC), tenant, agent, version, api and model, the newest day first, as the usage service has counted them',
    )
    .option('--tenant <name>', 'of this tenant alone')
    .option('--agent <name>', 'of agents of this name alone')
    .option('--day <date>', 'of this day alone: 2026-05-09', parseDay)
    .option('--limit <count>', `how many rows at the most, up to ${ROWS_MAX}`, wholeNumberUpTo(ROWS_MAX), 1_000)
    .option('--json', 'print JSON')
    .action(usage);
}

function parseDay(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && isoDay(parseTime(text)) === text) return text;
  throw new InvalidArgumentError('must be a day such as 2026-05-09.');
}

const isoDay = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

async function usage({ tenant, agent, day, limit, json }: UsageCommandOptions): Promise<void> {
  const found = await withUsageStore(readSettings('cli'), (store) =>
    readTotals(store.pool, { tenant, agent, day, rowsMax: limit + 1 }),
  );
  if (found === undefined) {
    throw new CommandError('the usage service has counted nothing in this database: start it with `npm run usage`');
  }
  const rows = found.slice(0, limit);
  if (json === true) printJson(rows.map(documentOf));
  else printTable(HEADINGS, rows.map(cellsOf));
  if (found.length > limit) {
    process.stderr.write(
      `logbook: there are more than these ${limit} rows: choose with --day, --tenant or --agent, or raise --limit\n`,
    );
  }
}

const HEADINGS = [
  ...['DAY', 'TENANT', 'AGENT', 'VERSION', 'API', 'MODEL', 'CALLS', 'ERRORS'],
  ...['TOKENS IN', 'OF A CACHE', 'TOKENS OUT', 'UNKNOWN IN', 'UNKNOWN OUT'],
];

const cellsOf = (row: Totals): string[] => [
  row.day,
  row.tenant,
  row.agent,
  row.agentVersion,
  row.api ?? '-',
  row.model ?? '-',
  String(row.calls),
  String(row.errors),
  row.inputTokens ?? '-',
  row.cachedInputTokens ?? '-',
  row.outputTokens ?? '-',
  String(row.inputUnknownCalls),
  String(row.outputUnknownCalls),
];

const documentOf = (row: Totals): object => ({
  day: row.day,
  tenant: row.tenant,
  agent: row.agent,
  agent_version: row.agentVersion,
  api: row.api,
  model: row.model,
  calls: row.calls,
  errors: row.errors,
  input_tokens: countOf(row.inputTokens),
  cached_input_tokens: countOf(row.cachedInputTokens),
  output_tokens: countOf(row.outputTokens),
  input_unknown_calls: row.inputUnknownCalls,
  output_unknown_calls: row.outputUnknownCalls,
});

/** A number; beyond 2^53, where a reader of JSON would round it, text. */
function countOf(text: string | null): number | string | null {
  return text === null || !Number.isSafeInteger(Number(text)) ? text : Number(text);
}
