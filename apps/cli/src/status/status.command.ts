import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { interrupted } from '../interrupted.js';
import { printJson, printTable } from '../output.js';
import { withLog } from '../with-log.js';
import { type StatusDocument, statusDocument } from './status-document.js';

const WATCH_EVERY_MS = 2_000;
/** Clears the terminal and puts the cursor at its beginning. */
const CLEAR = '\u001b[H\u001b[2J';

interface StatusOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
}

export function statusCommand(): Command {
  return new Command('status')
    .description('shows which log this is, where each partition ends and how far the projections are')
    .option('--json', 'print JSON; with --watch one document a line')
    .option('--watch', `look again every ${WATCH_EVERY_MS / 1_000} s until Ctrl-C`)
    .action(status);
}

async function status(options: StatusOptions): Promise<void> {
  if (options.watch !== true) return withLog(async (opened) => print(await statusDocument(opened), options));
  const signal = interrupted();
  await withLog(async (opened) => {
    while (!signal.aborted) {
      print(await statusDocument(opened), options);
      await delay(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  });
}

function print(document: StatusDocument, { json, watch }: StatusOptions): void {
  if (json === true && watch === true) process.stdout.write(`${JSON.stringify(document)}\n`);
  else if (json === true) printJson(document);
  else {
    if (watch === true && process.stdout.isTTY) process.stdout.write(CLEAR);
    printForPeople(document);
  }
}

function printForPeople(document: StatusDocument): void {
  const { log, projections, generations, partitions, tenants, api_keys: keys } = document;
  process.stdout.write(`log ${log.id} (${log.driver}), created ${log.created_at}\n`);
  process.stdout.write(
    projections.ready
      ? `projections ${projections.generation} (${projections.driver}), answering reads\n`
      : `projections (${projections.driver}) do not answer reads: ${projections.reason}\n`,
  );
  process.stdout.write(`${tenants} tenants, ${keys} API keys in force\n`);
  process.stdout.write(`${feedInWords(document)}\n\n`);
  if (generations.length > 0) {
    printTable(
      ['GENERATION', 'FOLD', 'STATE', 'READERS', 'READY', 'LAG', 'DEAD LETTERS'],
      generations.map((each) => [
        each.generation,
        String(each.fold_version),
        each.state,
        each.pointed_to ? 'use it' : '-',
        each.ready ? 'yes' : 'no',
        String(each.lag ?? '-'),
        String(each.dead_letters ?? '-'),
      ]),
    );
    process.stdout.write('\n');
  }
  printTable(
    ['TOPIC', 'PARTITION', 'END', 'CHECKPOINT', 'LAG'],
    partitions.map(({ topic, partition, end, checkpoint, lag }) => [
      topic,
      String(partition),
      String(end),
      String(checkpoint ?? '-'),
      String(lag ?? '-'),
    ]),
  );
}

function feedInWords({ changes }: StatusDocument): string {
  const lags = changes.map(({ lag }) => lag);
  if (lags.some((lag) => lag === null)) return 'the feed of changes: nobody can tell how far it is';
  const lag = lags.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return lag === 0
    ? 'the feed of changes is up to date with the projections'
    : `the feed of changes is ${lag} commands behind the projections`;
}
