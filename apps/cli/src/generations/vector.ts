import { FOLDED_TOPICS, offset, type FoldedTopic, type Offset } from '@logbook/contracts';
import type { LogEnds } from '@logbook/store';
import { InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';

/** A vector as `verify --json` and `generations list --json` print it: per topic, an offset for each partition. */
export function parseVector(text: string): LogEnds {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError(EXPLANATION);
  }
  const vector = value as Readonly<Record<string, unknown>> | null;
  const at = (topic: FoldedTopic): Offset[] => {
    const offsets = typeof vector === 'object' ? vector?.[topic] : undefined;
    if (!Array.isArray(offsets) || !offsets.every((each) => Number.isSafeInteger(each) && each >= 0)) {
      throw new InvalidArgumentError(EXPLANATION);
    }
    return offsets.map((each) => offset(each as number));
  };
  return { commands: at('commands'), events: at('events') };
}

const EXPLANATION = 'must be JSON such as {"commands":[3,0],"events":[10,7]}: the next offset of each partition.';

/** A vector must have the partitions of the log, each no further than its end. */
export function requireWithin(vector: LogEnds, ends: LogEnds): void {
  for (const topic of FOLDED_TOPICS) {
    const wanted = vector[topic];
    if (wanted.length !== ends[topic].length) {
      throw new CommandError(
        `--until has ${wanted.length} partitions of ${topic}, and the log has ${ends[topic].length}`,
      );
    }
    for (const [partition, end] of ends[topic].entries()) {
      if ((wanted[partition] ?? 0) > end) {
        throw new CommandError(
          `--until has offset ${wanted[partition]} for ${topic}[${partition}], which ends at ${end}`,
        );
      }
    }
  }
}
