const UTC_TIME = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * The Unix milliseconds of a time in UTC as messages carry it; `undefined` for any other text. UTC alone: Date.parse reads
 * other forms in the time zone of the machine, and two replays could differ.
 */
export function utcTimeMs(text: string): number | undefined {
  const timeMs = UTC_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) return undefined;
  // Date.parse takes 30 February for 2 March. Every month has 28 days.
  const day = Number(text.slice(8, 10));
  return day <= 28 || new Date(timeMs).getUTCDate() === day ? timeMs : undefined;
}
