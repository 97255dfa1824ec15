import type { Settings } from '@logbook/config';
import type { PartitionCounts } from '@logbook/contracts';
import { copyLog, type CopySource, type LogLocation } from '@logbook/log';
import type { Command } from 'commander';
import { printJson } from '../output.js';
import { nameOf } from './log-address.js';
import { withTarget } from './open-logs.js';
import { startCopyProgress } from './copy-progress.js';
import { wholeNumberUpTo } from '../whole-number.js';

const PARTITIONS_MAX = 10_000;

/** What `copy` and `import` take alike. */
export interface IntoOptions {
  readonly commandsPartitions?: number;
  readonly eventsPartitions?: number;
  readonly json?: boolean;
}

export function addIntoOptions(command: Command): Command {
  const defaults = 'default: 6 and 12 on Kafka, 2 and 4 embedded';
  return command
    .option(
      '--commands-partitions <count>',
      `partitions of commands in the new log (${defaults})`,
      wholeNumberUpTo(PARTITIONS_MAX),
    )
    .option(
      '--events-partitions <count>',
      `partitions of events in the new log (${defaults})`,
      wholeNumberUpTo(PARTITIONS_MAX),
    )
    .option('--json', 'print one JSON document when it is done');
}

/** Copies all that a source gives into a log, showing how far it is, and says what came of it. */
export async function copyInto(
  location: LogLocation,
  { source, settings, options }: { source: CopySource; settings: Settings; options: IntoOptions },
): Promise<void> {
  const asked: { -readonly [Topic in keyof PartitionCounts]?: number } = {};
  if (options.commandsPartitions !== undefined) asked.commands = options.commandsPartitions;
  if (options.eventsPartitions !== undefined) asked.events = options.eventsPartitions;
  const display = startCopyProgress('copying');
  const startedMs = Date.now();
  await withTarget({ location, settings, source, asked }, async (target) => {
    const { messages, bytes } = await copyLog({
      source,
      target,
      onProgress: (progress) => display.show(progress),
    }).finally(() => display.end());
    const document = {
      source: source.genesis.logId,
      target: target.logId,
      place: nameOf(location),
      messages,
      bytes,
      seconds: (Date.now() - startedMs) / 1_000,
    };
    if (options.json === true) return printJson(document);
    process.stdout.write(
      `copied ${messages} messages of log ${document.source}; ${document.place} holds all of it now, as log ${document.target}\n`,
    );
  });
}
