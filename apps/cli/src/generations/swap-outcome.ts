import type { PartitionBehind, RollbackOutcome } from '@logbook/store';
import { CommandError } from '../command-error.js';

/** A sentence for a pointer that was moved; for one that was not, an error that says why and what to do. */
export function sentenceOf(name: string, outcome: RollbackOutcome): string {
  switch (outcome.outcome) {
    case 'SWAPPED':
      return `readers use ${outcome.to} now, and used ${outcome.from} before; \`logbook rollback\` takes it back`;
    case 'POINTED_TO_ALREADY':
      return `readers use ${name} already`;
    case 'UNKNOWN_GENERATION':
      throw new CommandError(`there is no ${name}: \`logbook generations list\` shows what there is`);
    case 'NO_POINTER':
      throw new CommandError('readers are pointed to nothing yet: start a projector, which makes the first generation');
    case 'NO_PREVIOUS':
      throw new CommandError('there is no generation to go back to: none was swapped, or it was dropped since');
    case 'NOT_FOLLOWED':
      throw new CommandError(
        `${name} is ${outcome.state.toLowerCase()} and not followed, so it would show an old state: ` +
          'build one with `logbook rebuild`',
      );
    case 'NOT_READY':
      throw new CommandError(
        `${name} has not caught up with the log as of its creation: let \`logbook rebuild\` finish it, or wait for the projectors`,
      );
    case 'BEHIND':
      throw new CommandError(
        `${name} did not come level with the generation readers use (${outcome.behind.map(behind).join(', ')}): ` +
          'is a projector running that follows it? Readers stay where they are; try again when `logbook status` shows no lag',
      );
  }
}

const behind = ({ topic, partition, next, nextOfOther }: PartitionBehind): string =>
  `${topic}[${partition}] is at ${next} of ${nextOfOther}`;
