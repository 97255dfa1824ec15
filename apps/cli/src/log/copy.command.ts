import { readSettings } from '@logbook/config';
import { Command } from 'commander';
import { addIntoOptions, copyInto, type IntoOptions } from './copy-into.js';
import { ADDRESS_FORMS, locationOf, parseLogAddress, type LogAddress } from './log-address.js';
import { withSource } from './open-logs.js';

const HELP = `
The target is a new log: another id, the same secret, the source's id as its origin; everything else byte for byte.
May run beside a server that works on the source: it copies until nothing is left. Then stop that server, run the same
command once more for the rest, and start the servers on the target. None may append to the target before.

Cut off at any moment, the same command goes on where it was. What it needs for that is in the folder copies/ of
LOGBOOK_DATA_DIR, or of the target where that is a directory.`;

export function copyCommand(): Command {
  return addIntoOptions(
    new Command('copy')
      .description('copies a log into a new one: into Kafka when one machine is outgrown, or back')
      .requiredOption('--to <place>', `where the copy goes: ${ADDRESS_FORMS}`, parseLogAddress)
      .option(
        '--from <place>',
        'what is copied, in the same forms (default: the log the environment names)',
        parseLogAddress,
      ),
  )
    .addHelpText('after', HELP)
    .action(copy);
}

async function copy(options: IntoOptions & { to: LogAddress; from?: LogAddress }): Promise<void> {
  const settings = readSettings('cli');
  const prefix = settings.topicPrefix;
  const from = options.from === undefined ? settings.log : locationOf(options.from, prefix);
  await withSource(from, settings, (source) => copyInto(locationOf(options.to, prefix), { source, settings, options }));
}
