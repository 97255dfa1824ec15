import { readSettings } from '@logbook/config';
import { Generations, type GenerationName, type KnownGeneration } from '@logbook/store';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { isoTime, printJson, printTable } from '../output.js';
import { withStore } from '../with-log.js';
import { parseGeneration } from './names.js';

export function generationsCommand(): Command {
  return new Command('generations')
    .description('the sets of projection tables: which there are, which one readers use')
    .addCommand(
      new Command('list')
        .description('lists the generations, the oldest first')
        .option('--all', 'those that were dropped too')
        .option('--json', 'print JSON')
        .action(list),
    )
    .addCommand(
      new Command('drop')
        .description('drops the tables of a generation that readers do not use; the log can always make it again')
        .argument('<generation>', 'its name', parseGeneration)
        .action(drop),
    );
}

async function list(options: { all?: boolean; json?: boolean }): Promise<void> {
  const known = await withStore(readSettings('cli'), (store) => new Generations(store).list());
  const shown = known.filter(({ state }) => options.all === true || state !== 'DROPPED');
  if (options.json === true) return printJson(shown.map(documentOf));
  printTable(
    ['GENERATION', 'FOLD', 'STATE', 'READERS', 'CREATED', 'VERIFIED', 'AS OF'],
    shown.map((generation) => [
      generation.name,
      String(generation.foldVersion),
      generation.state.toLowerCase(),
      generation.pointedTo ? 'use it' : generation.previous ? 'used it before' : '-',
      isoTime(generation.createdAtMs),
      generation.verifiedAtMs === null ? '-' : isoTime(generation.verifiedAtMs),
      generation.asOfMs === null ? '-' : isoTime(generation.asOfMs),
    ]),
  );
}

const timeOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : isoTime(timeMs));

const documentOf = (generation: KnownGeneration): object => ({
  generation: generation.name,
  id: generation.id,
  log_id: generation.logId,
  fold_version: generation.foldVersion,
  state: generation.state.toLowerCase(),
  pointed_to: generation.pointedTo,
  previous: generation.previous,
  created_at: isoTime(generation.createdAtMs),
  pointed_at: timeOrNull(generation.pointedAtMs),
  verified_at: timeOrNull(generation.verifiedAtMs),
  as_of: timeOrNull(generation.asOfMs),
  until: generation.until,
});

async function drop(name: GenerationName): Promise<void> {
  const outcome = await withStore(readSettings('cli'), (store) => new Generations(store).drop(name));
  switch (outcome) {
    case 'DROPPED':
      process.stdout.write(`${name} is dropped\n`);
      return;
    case 'POINTED_TO':
      throw new CommandError(`readers use ${name}: point them to another with \`logbook swap\` first`);
    case 'UNKNOWN_GENERATION':
      throw new CommandError(`there is no ${name}: \`logbook generations list\` shows what there is`);
  }
}
