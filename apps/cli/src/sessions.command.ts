import { tenant } from '@logbook/contracts';
import { readSettings } from '@logbook/config';
import type { SessionRow } from '@logbook/projections';
import { LIST_ROWS_MAX, ProjectionReader } from '@logbook/store';
import { Command } from 'commander';
import { CommandError } from './command-error.js';
import { isoTime, printJson, printTable } from './output.js';
import { withStore } from './with-log.js';
import { wholeNumberUpTo } from './whole-number.js';

export function sessionsCommand(): Command {
  return new Command('sessions')
    .description('lists the sessions of a tenant, the one begun last first')
    .option('--tenant <name>', 'whose sessions', 'default')
    .option('--limit <count>', `how many at the most, up to ${LIST_ROWS_MAX}`, wholeNumberUpTo(LIST_ROWS_MAX), 50)
    .option('--json', 'print JSON')
    .action(sessions);
}

async function sessions(options: { tenant: string; limit: number; json?: boolean }): Promise<void> {
  const reading = await withStore(readSettings('cli'), (store) =>
    new ProjectionReader(store).sessions(tenant(options.tenant), options.limit),
  );
  if (reading.state === 'NOT_READY') {
    throw new CommandError(`the projections do not answer reads: ${reading.reason}; is a projector running?`);
  }
  const rows = reading.value;
  if (options.json === true) return printJson(rows.map(documentOf));
  printTable(
    ['SESSION', 'AGENT', 'VERSION', 'PERSON', 'EVENTS', 'TOKENS IN', 'TOKENS OUT', 'LAST MODEL', 'LAST EVENT'],
    rows.map((row) => [
      row.session,
      row.agentName,
      row.agentVersionName,
      row.personId ?? '-',
      String(row.eventCount),
      String(row.inputTokens),
      String(row.outputTokens),
      row.lastModel ?? '-',
      isoTime(row.lastEventAtMs),
    ]),
  );
}

const documentOf = (row: SessionRow): object => ({
  session: row.session,
  agent: row.agentName,
  agent_version: row.agentVersionName,
  person: row.personId,
  created_at: isoTime(row.createdAtMs),
  last_event_at: isoTime(row.lastEventAtMs),
  event_count: row.eventCount,
  input_tokens: row.inputTokens,
  output_tokens: row.outputTokens,
  last_model: row.lastModel,
});
