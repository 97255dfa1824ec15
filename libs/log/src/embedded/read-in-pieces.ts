import { setImmediate as turn } from 'node:timers/promises';
import { offset, type Offset, type StoredMessage, type TopicPartition } from '@logbook/contracts';
import { BATCH_BYTES_MAX } from '../delivery/split-batch.js';
import type { Environment } from './environment.js';

/** Reading is synchronous, so a piece is small: between two of them whatever else this process does gets its turn. */
const PIECE_MESSAGES_MAX = 100;

/** Messages of a partition from `from` on: at most `messagesMax`, and about twice `BATCH_BYTES_MAX` bytes of values. */
export async function readInPieces(
  environment: Environment,
  place: TopicPartition,
  { from, messagesMax }: { readonly from: Offset; readonly messagesMax: number },
): Promise<{ messages: StoredMessage[]; end: Offset }> {
  const messages: StoredMessage[] = [];
  for (let bytes = 0; ; await turn()) {
    const at = offset(from + messages.length);
    const pieceMax = Math.min(PIECE_MESSAGES_MAX, messagesMax - messages.length);
    const { messages: piece, end } = environment.readFrom(place, at, pieceMax);
    messages.push(...piece);
    bytes = piece.reduce((sum, { value }) => sum + (value?.length ?? 0), bytes);
    if (at + piece.length >= end || messages.length >= messagesMax || bytes >= BATCH_BYTES_MAX)
      return { messages, end };
  }
}
