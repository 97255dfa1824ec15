import { Command } from 'commander';
import { copyCommand } from './copy.command.js';
import { exportCommand } from './export.command.js';
import { importCommand } from './import.command.js';

export function logCommand(): Command {
  return new Command('log')
    .description('carries a whole log elsewhere')
    .addCommand(copyCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand());
}
