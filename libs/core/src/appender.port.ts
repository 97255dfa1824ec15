import type { EncodedMessage, FoldedTopic, Position } from '@logbook/contracts';
import type { Log } from './log.port.js';

/** Where accepted messages are now: in the log, or, while the log is away, in a spool that will bring them there. */
export type AppendOutcome =
  { readonly outcome: 'APPENDED'; readonly positions: readonly Position[] } | { readonly outcome: 'SPOOLED' };

/**
 * Takes what an application sends and never asks to be read at once. Resolves once every message is durable; messages of
 * one call keep their order, and a call that begins after another has resolved comes after it in the log.
 *
 * Rejects with `MessageTooLargeError`, and nothing of the call was taken; or with `LogUnavailableError` when neither the log
 * nor a spool took it, and then some of it may be in the log. Bounded: never waits longer than the log's own time-out.
 */
export interface Appender {
  append(topic: FoldedTopic, messages: readonly EncodedMessage[]): Promise<AppendOutcome>;
}

/** An appender that has the log alone. */
export const logAppender = (log: Pick<Log, 'append'>): Appender => ({
  append: async (topic, messages) => ({ outcome: 'APPENDED', positions: await log.append(topic, messages) }),
});
