import { LogMismatchError } from '@logbook/core';

/** The most a batch may inflate to, as a multiple of what it takes. Ours stay below 16; whoever compresses better gets room. */
const INFLATION_MAX = 32;
/** Up to this a batch may inflate however little it takes: with its own framing that is no more than the multiple above. */
const INFLATED_BYTES_FREE = 4 * 1024;

/**
 * The most bytes that a batch of `compressedBytes` may inflate to. A batch is inflated as a whole before anybody can look,
 * so what a fetch can take of the memory follows from this.
 */
export const inflatedBytesMax = (compressedBytes: number): number =>
  Math.max(INFLATED_BYTES_FREE, INFLATION_MAX * compressedBytes);

/** Halts whoever meets the batch. Waiting does not mend it. */
export function inflatesTooMuch(compressedBytes: number): Error {
  const message =
    `a batch of ${compressedBytes} bytes would inflate to more than ${inflatedBytesMax(compressedBytes)}: no gateway ` +
    'writes such a batch, and a few of them would exhaust the memory. Nothing was skipped; find out who else writes to this topic';
  return Object.assign(new LogMismatchError(message), { retriable: false });
}
