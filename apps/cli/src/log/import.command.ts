import { createReadStream, existsSync } from 'node:fs';
import { readSettings } from '@logbook/config';
import { ArchiveSource } from '@logbook/log';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { addIntoOptions, copyInto, type IntoOptions } from './copy-into.js';
import { ADDRESS_FORMS, locationOf, parseLogAddress, type LogAddress } from './log-address.js';

const STANDARD_INPUT = '-';

const HELP = `
The target must be empty, and becomes a new log as with \`log copy\`. A file is checked whole before anything is written; of
standard input each segment before it is used. Refused or cut off, the same command goes on where it was once the
archive is right.`;

export function importCommand(): Command {
  return addIntoOptions(
    new Command('import')
      .description('makes a new log of an archive')
      .argument('<file>', 'the archive to read, or - for standard input')
      .option(
        '--to <place>',
        `where the log goes: ${ADDRESS_FORMS} (default: the log the environment names)`,
        parseLogAddress,
      ),
  )
    .addHelpText('after', HELP)
    .action(importLog);
}

async function importLog(file: string, options: IntoOptions & { to?: LogAddress }): Promise<void> {
  const settings = readSettings('cli');
  const isFile = file !== STANDARD_INPUT;
  if (isFile && !existsSync(file)) throw new CommandError(`there is no file ${file}`);
  if (isFile) await ArchiveSource.open(createReadStream(file)).then((archive) => archive.verify());
  const source = await ArchiveSource.open(isFile ? createReadStream(file) : process.stdin);
  const to = options.to === undefined ? settings.log : locationOf(options.to, settings.topicPrefix);
  await copyInto(to, { source, settings, options });
}
