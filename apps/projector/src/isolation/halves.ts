import { offset } from '@logbook/contracts';
import type { Batch } from '@logbook/core';

/** Cuts a batch of two messages or more in two that join without a gap: the second begins where the first ends. */
export function halves(batch: Batch): readonly [Batch, Batch] {
  const middle = Math.ceil(batch.messages.length / 2);
  const first = batch.messages.slice(0, middle);
  const last = first.at(-1);
  if (last === undefined || middle === batch.messages.length) throw new Error('a batch of one has no halves');
  const next = offset(last.offset + 1);
  return [
    { ...batch, next, messages: first },
    { ...batch, from: next, messages: batch.messages.slice(middle) },
  ];
}
