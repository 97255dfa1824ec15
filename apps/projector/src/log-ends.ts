import { FOLDED_TOPICS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import type { LogEnds } from '@logbook/store';

/** Where the folded topics end now. */
export const logEndsOf = async (log: Log): Promise<LogEnds> => ({
  commands: await log.ends('commands'),
  events: await log.ends('events'),
});

/** How many offsets lie before these ends: the messages of a replay up to them, and the holes among them. */
export const offsetsBefore = (ends: LogEnds): number =>
  FOLDED_TOPICS.flatMap((topic) => ends[topic]).reduce<number>((sum, end) => sum + end, 0);
