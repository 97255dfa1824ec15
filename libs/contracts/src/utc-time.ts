const UTC_TIME = /^\d{4}-\d\d-(\d\d)T(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * The Unix milliseconds of a time in UTC as messages carry it; `undefined` for any other text. UTC alone: Date.parse reads
 * other forms in the time zone of the machine, and two replays could differ.
 */
export function utcTimeMs(text: string): number | undefined {
  const day = UTC_TIME.exec(text)?.[1];
  const timeMs = day === undefined ? Number.NaN : Date.parse(text);
  // Date.parse takes 30 February for 2 March.
  return Number.isNaN(timeMs) || new Date(timeMs).getUTCDate() !== Number(day) ? undefined : timeMs;
}
