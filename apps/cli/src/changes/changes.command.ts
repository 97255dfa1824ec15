import { offset } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { withLog } from '../with-log.js';

export function changesCommand(): Command {
  const changes = new Command('changes').description('the feed of changes that subscribers read');
  changes
    .command('republish')
    .description(
      'has the projector publish what every agent, version and person is now, each again: after an upgrade that shows more of them',
    )
    .action(republish);
  return changes;
}

async function republish(): Promise<void> {
  await withLog(async ({ log }) => {
    const partitions = (await log.ends('commands')).length;
    for (let partition = 0; partition < partitions; partition += 1) await setBack(log, partition);
    process.stdout.write(
      'the projector publishes everything again, at once where one runs; `logbook status` says how far it is\n',
    );
  });
}

/** What was published stays the least that may be shown: tables that are being brought back publish nothing older. */
async function setBack(log: Log, partition: number): Promise<void> {
  const feed = await log.openFeed(partition);
  try {
    const outcome = await feed.publish([], { next: offset(0), asOf: feed.place.asOf });
    if (outcome === 'PUBLISHED') return;
    throw new CommandError(`a projector took the feed of commands[${partition}] back meanwhile: run this again`);
  } finally {
    await feed.close();
  }
}
