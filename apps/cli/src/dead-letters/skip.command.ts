import { FOLDED_TOPICS, positionText, type Position } from '@logbook/contracts';
import { ProjectionReader } from '@logbook/store';
import { Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';
import { withLog, withStore } from '../with-log.js';
import { parsePosition, POSITION_SYNTAX, readMessage } from './position-argument.js';

/** As much as a dead letter keeps. */
const REASON_CHARACTERS_MAX = 500;

export function skipCommand(): Command {
  return new Command('skip')
    .description(
      'has every replay leave a message out at which the projector has halted; there is no way back but a retry',
    )
    .argument('<position>', POSITION_SYNTAX, parsePosition)
    .requiredOption(
      '--reason <text>',
      `why, in at most ${REASON_CHARACTERS_MAX} characters; it is kept in the log`,
      parseReason,
    )
    .action(skip);
}

function parseReason(text: string): string {
  if (text.trim() === '' || text.length > REASON_CHARACTERS_MAX) {
    throw new InvalidArgumentError(`must be 1 to ${REASON_CHARACTERS_MAX} characters.`);
  }
  return text;
}

async function skip(position: Position, { reason }: { reason: string }): Promise<void> {
  const outcome = await withLog(async ({ log, control, commands, settings }) => {
    const message = await readMessage(log, position);
    await withStore(settings, async (store) => {
      requireAhead(position, await new ProjectionReader(store, { logId: control.log.logId }).checkpoints());
    });
    return commands.skip(message, reason);
  });
  const at = positionText(position);
  process.stdout.write(
    outcome === 'SKIPPED' ? `${at} is skipped; start the projector again\n` : `${at} was skipped before\n`,
  );
}

/** What was applied stays applied: to skip it now would make every later replay differ from what readers see. */
function requireAhead(position: Position, read: Awaited<ReturnType<ProjectionReader['checkpoints']>>): void {
  if (read.state === 'NOT_READY') throw new CommandError(`nobody can tell what was applied: ${read.reason}`);
  const topic = FOLDED_TOPICS.find((folded) => folded === position.topic);
  const next = topic === undefined ? undefined : read.next[topic].get(position.partition);
  if ((next ?? 0) > position.offset) {
    throw new CommandError(
      `${read.generation} has passed ${positionText(position)}: only a message ahead of it can be skipped`,
    );
  }
}
