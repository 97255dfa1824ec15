import { offset } from '@logbook/contracts';
import type { Batch } from './log.port.js';

/**
 * Cuts a batch before the messages at these indexes, in ascending order, into pieces that join without a gap: each begins
 * where the one before ends, and the last ends where the batch does, past the holes of the log. Empty pieces are left out.
 */
export function cutBatch(batch: Batch, indexes: readonly number[]): Batch[] {
  const pieces: Batch[] = [];
  let { from } = batch;
  let begin = 0;
  for (const end of [...indexes, batch.messages.length]) {
    const messages = batch.messages.slice(begin, end);
    const last = messages.at(-1);
    if (last === undefined) continue;
    const next = end === batch.messages.length ? batch.next : offset(last.offset + 1);
    pieces.push({ ...batch, from, next, messages });
    from = next;
    begin = end;
  }
  return pieces;
}

/** Cuts a batch of two messages or more in two. */
export function halves(batch: Batch): readonly [Batch, Batch] {
  const [first, second] = cutBatch(batch, [Math.ceil(batch.messages.length / 2)]);
  if (first === undefined || second === undefined) throw new Error('a batch of one has no halves');
  return [first, second];
}
