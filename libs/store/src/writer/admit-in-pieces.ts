import { setImmediate as turn } from 'node:timers/promises';
import type { LlmRecorded, StoredMessage } from '@logbook/contracts';
import { admitEvents, type Admitted, type Skips } from '@logbook/projections';

/** Decoding is synchronous, and on the embedded drivers this thread is the gateway's: between two pieces it answers. */
const PIECE_MESSAGES_MAX = 100;

/** As `admitEvents`, with a turn for everybody else between pieces. */
export async function admitInPieces(messages: readonly StoredMessage[], skips: Skips): Promise<Admitted<LlmRecorded>> {
  const pieces: Admitted<LlmRecorded>[] = [];
  for (let from = 0; from < messages.length; from += PIECE_MESSAGES_MAX) {
    if (from > 0) await turn();
    pieces.push(admitEvents(messages.slice(from, from + PIECE_MESSAGES_MAX), skips));
  }
  return {
    messages: pieces.flatMap((piece) => piece.messages),
    deadLetters: pieces.flatMap((piece) => piece.deadLetters),
  };
}
