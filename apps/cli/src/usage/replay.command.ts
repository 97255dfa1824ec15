import { GROUP, replayUsage, type Replayed } from '@logbook/usage';
import { Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';
import { endInterrupted, interrupted } from '../interrupted.js';
import { printJson } from '../output.js';
import { startProgress } from '../progress/progress.js';
import { parseTime } from '../time-argument.js';
import { withLog } from '../with-log.js';
import { withUsageStore } from './with-usage-store.js';

interface ReplayCommandOptions {
  readonly group: string;
  readonly from: Date | 'beginning';
  readonly json?: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description(
      'counts anew what a subscriber has counted, beside it, and puts that in place once it is level. From a time on, whole days (UTC)\n' +
        'are counted anew and those before are left as they are. Interrupted, it changes nothing.',
    )
    .requiredOption('--group <name>', `whose: ${GROUP}, the service of \`npm run usage\``, parseGroup)
    .requiredOption('--from <time>', '`beginning`, or a time (ISO 8601)', parseFrom)
    .option('--json', 'print JSON')
    .action(replay);
}

function parseGroup(text: string): string {
  if (text === GROUP) return text;
  throw new InvalidArgumentError(
    `must be ${GROUP}: a service of your own is read again as docs/subscribing.md says under "Several instances".`,
  );
}

const parseFrom = (text: string): Date | 'beginning' => (text === 'beginning' ? text : new Date(parseTime(text)));

async function replay({ from, json }: ReplayCommandOptions): Promise<void> {
  const signal = interrupted();
  const progress = startProgress();
  try {
    const outcome = await withLog(({ settings, log, control }) =>
      withUsageStore(settings, (store) =>
        replayUsage({
          log,
          logId: control.log.logId,
          store,
          from,
          signal,
          onProgress: ({ done, total }) => progress.update('counting', done, total),
        }),
      ),
    );
    progress.end();
    if (outcome.outcome === 'REPLAYED') return print(outcome, json === true);
    throw new CommandError(
      outcome.outcome === 'BUSY'
        ? 'another replay works on this database: wait for it, or stop it'
        : 'the usage service has counted nothing in this database: start it with `npm run usage`, and it counts from the beginning',
    );
  } catch (error) {
    progress.end();
    endInterrupted(signal, error, 'interrupted; nothing has changed');
  }
}

function print({ edition, fromDay, messages }: Replayed, json: boolean): void {
  if (json) return printJson({ from_day: fromDay, messages, edition });
  const days = fromDay === null ? 'every day is' : `${fromDay} and every later day are`;
  process.stdout.write(`${days} counted anew, from ${messages} messages\n`);
}
