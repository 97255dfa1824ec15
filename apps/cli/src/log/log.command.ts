import { Command } from 'commander';
import { copyCommand } from './copy.command.js';

export function logCommand(): Command {
  return new Command('log').description('carries a whole log elsewhere').addCommand(copyCommand());
}
