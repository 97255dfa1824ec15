import { readSettings } from '@logbook/config';
import type { DeadLetterRow } from '@logbook/projections';
import { LIST_ROWS_MAX, ProjectionReader } from '@logbook/store';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { isoTime, printJson, printTable } from '../output.js';
import { withStore } from '../with-log.js';
import { printable } from './message-document.js';
import { wholeNumberUpTo } from '../whole-number.js';

export function listCommand(): Command {
  return new Command('list')
    .description('lists dead letters of the generation readers are pointed to, those sent last first')
    .option('--limit <count>', `how many at the most, up to ${LIST_ROWS_MAX}`, wholeNumberUpTo(LIST_ROWS_MAX), 50)
    .option('--json', 'print JSON')
    .action(list);
}

async function list({ limit, json }: { limit: number; json?: boolean }): Promise<void> {
  const read = await withStore(readSettings('cli'), (store) =>
    new ProjectionReader(store).deadLetters({ kind: 'NEWEST', limit }),
  );
  if (read.state === 'NOT_READY') {
    throw new CommandError(`there is nothing to list: ${read.reason}; is a projector running?`);
  }
  if (json === true) return printJson(read.letters.map(documentOf));
  printTable(
    ['TOPIC', 'PARTITION', 'OFFSET', 'TIME', 'STEP', 'REASON'],
    read.letters.map((row) => [
      row.topic,
      String(row.partition),
      String(row.offset),
      row.recordedAtMs === null ? '-' : isoTime(row.recordedAtMs),
      row.step,
      printable(row.reason),
    ]),
  );
  if (read.state === 'CATCHING_UP') {
    process.stderr.write(`${read.generation} is catching up with the log: more may follow\n`);
  }
}

const documentOf = (row: DeadLetterRow): object => ({
  topic: row.topic,
  partition: row.partition,
  offset: row.offset,
  recorded_at: row.recordedAtMs === null ? null : isoTime(row.recordedAtMs),
  step: row.step,
  reason: row.reason,
  sha256: row.sha256.toString('hex'),
});
