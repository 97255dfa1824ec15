import { InvalidArgumentError } from 'commander';

/** Reads a time (ISO 8601) that an option names, as Unix milliseconds. */
export function parseTime(text: string): number {
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('must be a time such as 2026-05-09T07:29:33Z.');
  return timeMs;
}
