import { DEAD_LETTER_FORMS, encodeDeadLetter, type DeadLetter } from '@logbook/contracts';
import { MessageTooLargeError } from './errors.js';
import type { Log } from './log.port.js';

/**
 * Publishes a dead letter to `dead-letters`: as much of it as fits, since an original at the limit of its topic leaves no
 * room for what is added to it. Rejects with `LogUnavailableError` while the log takes none.
 */
export async function appendDeadLetter(log: Pick<Log, 'append'>, letter: DeadLetter): Promise<void> {
  for (const form of DEAD_LETTER_FORMS) {
    try {
      await log.append('dead-letters', [encodeDeadLetter(letter, form)]);
      return;
    } catch (error) {
      if (!(error instanceof MessageTooLargeError)) throw error;
    }
  }
  throw new Error('the topic of dead letters takes not even a position');
}
