import { Command } from 'commander';
import { listCommand } from './list.command.js';
import { retryCommand } from './retry.command.js';
import { showCommand } from './show.command.js';
import { skipCommand } from './skip.command.js';

export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('messages that will never become rows: lists, shows and retries them')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(retryCommand())
    .addCommand(skipCommand());
}
