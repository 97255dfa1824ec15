import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { readSettings } from '@logbook/config';
import { writeArchive, type CopyProgress, type CopySource } from '@logbook/log';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { ADDRESS_FORMS, locationOf, parseLogAddress, type LogAddress } from './log-address.js';
import { withSource } from './open-logs.js';
import { startCopyProgress } from './copy-progress.js';

const STANDARD_OUTPUT = '-';

const HELP = `
Writes the log up to the ends it sees, also beside a running server. FILE is there once it is whole, readable by you alone: it
holds the log's secret, the hashes of its API keys and everything that was sent. docs/log-archive.md tells its format.`;

export function exportCommand(): Command {
  return new Command('export')
    .description('writes a log into one compressed archive with checksums')
    .argument('<file>', 'the archive to write, or - for standard output')
    .option(
      '--from <place>',
      `what is exported: ${ADDRESS_FORMS} (default: the log the environment names)`,
      parseLogAddress,
    )
    .addHelpText('after', HELP)
    .action(exportLog);
}

async function exportLog(file: string, options: { from?: LogAddress }): Promise<void> {
  const settings = readSettings('cli');
  if (file !== STANDARD_OUTPUT && existsSync(file))
    throw new CommandError(`${file} is there already: name another file, or remove it`);
  const from = options.from === undefined ? settings.log : locationOf(options.from, settings.topicPrefix);
  await withSource(from, settings, async (source) => {
    const { messages } = await (file === STANDARD_OUTPUT ? toStandardOutput(source) : toFile(source, file));
    process.stderr.write(`exported ${messages} messages of log ${source.genesis.logId}\n`);
  });
}

async function toStandardOutput(source: CopySource): Promise<CopyProgress> {
  return displayed(source, async (piece) => {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  });
}

/** Under another name until it is whole and on the disk. */
async function toFile(source: CopySource, file: string): Promise<CopyProgress> {
  const draft = `${file}.partial`;
  const handle = await open(draft, 'w', 0o600);
  try {
    const written = await displayed(source, (piece) => handle.writeFile(piece));
    await handle.sync();
    await rename(draft, file);
    return written;
  } finally {
    await handle.close();
  }
}

async function displayed(source: CopySource, write: (piece: Buffer) => Promise<void>): Promise<CopyProgress> {
  const display = startCopyProgress('exporting');
  return writeArchive({ source, write, onProgress: (progress) => display.show(progress) }).finally(() => display.end());
}
