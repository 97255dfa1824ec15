import { FOLDS } from '@logbook/projections';
import { Generations, type GenerationName, Pointer, type RollbackOutcome } from '@logbook/store';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { printJson } from '../output.js';
import { parseGeneration } from './names.js';
import { sentenceOf } from './swap-outcome.js';
import { withMaintenance } from './with-maintenance.js';

export function swapCommand(): Command {
  return new Command('swap')
    .description('points readers to another generation, once it is level with the one they use; one transaction')
    .argument('<generation>', 'its name', parseGeneration)
    .option('--json', 'print JSON')
    .action(swap);
}

export function rollbackCommand(): Command {
  return new Command('rollback')
    .description('points readers back to the generation they used before the last swap, which was followed all along')
    .option('--json', 'print JSON')
    .action(rollback);
}

async function swap(name: GenerationName, options: { json?: boolean }): Promise<void> {
  const outcome = await withMaintenance(async ({ store }) => {
    const known = await new Generations(store).find(name);
    if (known !== undefined && !FOLDS.has(known.foldVersion)) {
      throw new CommandError(
        `${name} was made by fold version ${known.foldVersion}, which gateways of this release cannot read: ` +
          'swap with the release that made it, once its gateways run',
      );
    }
    return new Pointer(store).swap(name);
  });
  print(name, outcome, options);
}

async function rollback(options: { json?: boolean }): Promise<void> {
  const outcome = await withMaintenance(({ store }) => new Pointer(store).rollback());
  print(outcome.outcome === 'SWAPPED' ? outcome.to : 'the previous generation', outcome, options);
}

function print(name: string, outcome: RollbackOutcome, { json }: { json?: boolean }): void {
  const sentence = sentenceOf(name, outcome);
  if (json !== true) process.stdout.write(`${sentence}\n`);
  else
    printJson(
      outcome.outcome === 'SWAPPED' ? { generation: outcome.to, previous: outcome.from } : { generation: name },
    );
}
