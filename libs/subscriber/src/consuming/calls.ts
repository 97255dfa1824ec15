import type { LogbookMessage } from '@logbook/contracts';
import { callHandler } from '../handlers/call-handler.js';
import { HandlerContext } from '../handlers/handler-context.js';
import type { TypedHandler } from '../receivers/match-handlers.js';
import type { Entry } from './admit.js';
import type { DeadLetters } from './dead-letters.js';

export interface CallOptions {
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly transaction?: unknown;
}

/** Does for an entry what is to become of it, once. */
export async function settle(entry: Entry, letters: DeadLetters, options: CallOptions): Promise<void> {
  if (entry.fate === 'IGNORE') return;
  if (entry.fate === 'BURY') return letters.undecodable(entry.stored, entry.reason);
  const { handler, message, stored } = entry;
  const { attempt, signal, transaction } = options;
  const context = new HandlerContext({ messages: [stored], attempt, signal, transaction });
  await callHandler(handler.call, handler.form === 'BATCH' ? [message] : message, context);
}

/** One call of a batch handler for all of these entries that it is to handle. */
export async function settleTogether(
  handler: TypedHandler,
  entries: readonly Entry[],
  { attempt, signal, transaction }: CallOptions,
): Promise<void> {
  const messages: LogbookMessage[] = [];
  const stored = [];
  for (const entry of entries) {
    if (entry.fate !== 'HANDLE') continue;
    messages.push(entry.message);
    stored.push(entry.stored);
  }
  await callHandler(handler.call, messages, new HandlerContext({ messages: stored, attempt, signal, transaction }));
}
