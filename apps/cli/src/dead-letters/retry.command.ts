import { encodeRetry, newMessageId, offset, positionText, type FoldedTopic, type Position } from '@logbook/contracts';
import type { DeadLetterRow, DeadLetterStep } from '@logbook/projections';
import { ProjectionReader } from '@logbook/store';
import { Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';
import { printJson } from '../output.js';
import { withLog, withStore, type OpenedLog } from '../with-log.js';
import { parsePositions, POSITION_SYNTAX, readMessage } from './position-argument.js';

/** How many dead letters are read from the projections at once. */
const PAGE_ROWS = 200;

export function retryCommand(): Command {
  return new Command('retry')
    .description('appends dead letters to the log again; the originals stay left out, and stay listed')
    .argument('[positions...]', POSITION_SYNTAX, parsePositions)
    .option('--all-step <step>', 'every dead letter of a step: decode or apply', parseStep)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nA retry has the bytes and the ce_id of the original, so that retrying twice is harmless. It takes effect where it ' +
        'now lies in the log: an old update may replace a newer one.',
    )
    .action(retry);
}

function parseStep(text: string): DeadLetterStep {
  if (text === 'decode' || text === 'apply') return text;
  throw new InvalidArgumentError('must be decode or apply.');
}

/** `REFUSED`: nothing was appended, for `reason`. */
type Retried =
  | { readonly position: string; readonly outcome: 'RETRIED'; readonly as: string }
  | { readonly position: string; readonly outcome: 'REFUSED'; readonly reason: string };

async function retry(
  positions: readonly Position[] | undefined,
  { allStep, json }: { allStep?: DeadLetterStep; json?: boolean },
): Promise<void> {
  if ((positions ?? []).length === 0 && allStep === undefined) {
    throw new CommandError('say what to retry: positions, as `logbook dead-letters list` shows them, or --all-step');
  }
  const results = await withLog((opened) =>
    withStore(opened.settings, async (store) => {
      const reader = new ProjectionReader(store, { logId: opened.control.log.logId });
      const retried: Retried[] = [];
      const one = async (position: Position): Promise<void> => {
        const result = await retryOne(opened, reader, position);
        retried.push(result);
        if (json !== true) report(result);
      };
      for (const position of positions ?? []) await one(position);
      if (allStep !== undefined) for await (const position of allOfStep(reader, allStep)) await one(position);
      return retried;
    }),
  );
  if (json === true) printJson(results);
  const refused = results.filter(({ outcome }) => outcome === 'REFUSED').length;
  if (refused > 0) throw new CommandError(`${refused} of ${results.length} were not retried`);
}

function report(result: Retried): void {
  if (result.outcome === 'RETRIED') process.stdout.write(`retried ${result.position} as ${result.as}\n`);
  else process.stderr.write(`${result.position} was not retried: ${result.reason}\n`);
}

async function retryOne({ log, control }: OpenedLog, reader: ProjectionReader, at: Position): Promise<Retried> {
  const position = positionText(at);
  const original = await readMessage(log, at);
  // A skip in control is certain by itself; poison is known by the row it left.
  if (control.state.skips.reasonOf(at.topic, original) === undefined && !(await isListed(reader, at))) {
    return { position, outcome: 'REFUSED', reason: 'it is no dead letter' };
  }
  const encoded = encodeRetry(original, newMessageId());
  if (encoded.outcome === 'REFUSED') return { position, outcome: 'REFUSED', reason: encoded.reason };
  const [appended] = await log.append(at.topic, [encoded.message]);
  if (appended === undefined) throw new Error('an append gives a position a message');
  return { position, outcome: 'RETRIED', as: positionText(appended) };
}

async function isListed(reader: ProjectionReader, position: Position): Promise<boolean> {
  const read = await reader.deadLetters({ kind: 'AT', position });
  if (read.state === 'NOT_READY') throw new CommandError(`the dead letters cannot be read: ${read.reason}`);
  return read.letters.length > 0;
}

async function* allOfStep(reader: ProjectionReader, step: DeadLetterStep): AsyncGenerator<Position> {
  let after: DeadLetterRow | null = null;
  for (;;) {
    const read = await reader.deadLetters({ kind: 'OF_STEP', step, after, limit: PAGE_ROWS });
    if (read.state === 'NOT_READY') throw new CommandError(`the dead letters cannot be read: ${read.reason}`);
    for (const letter of read.letters) yield positionOf(letter);
    after = read.letters.at(-1) ?? null;
    if (after === null) return;
  }
}

const positionOf = ({ topic, partition, offset: at }: DeadLetterRow): Position => ({
  topic: topic as FoldedTopic,
  partition,
  offset: offset(at),
});
