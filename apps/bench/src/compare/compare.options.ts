import { BenchUsageError, parseOptions } from '../usage.js';

export const COMPARE_HELP = `Usage: npm run bench -- compare BASELINE [RESULT] [options]

Compares a result of a benchmark with a stored one, both the JSON that the benchmark wrote; without RESULT the newest in
.cache/bench. Compared are ratios to the baselines that each run measured itself, never times of different machines.

For each ratio it prints what is left of the stored one: 1 is as good, 0.5 half as good. A ratio FELL when less than
--least is left of its median. It is NOISE instead when the rounds themselves differ by as much: when the median of one run
lies between the least and the most of the other's rounds. Other settings or shapes are refused; another machine or
other versions are said.

  --least N  what must be left, above 0 and up to 1; default 0.85
  --run      measure first, with the command that made the baseline
  --help     print this

Exit code: 0 when all held or is noise, 1 when a ratio fell, 2 when the two cannot be compared or the call is wrong.
`;

export interface CompareOptions {
  readonly help: boolean;
  readonly baseline: string;
  /** `undefined`: the newest one, or one that is made now. */
  readonly result: string | undefined;
  readonly least: number;
  readonly run: boolean;
}

const OPTIONS = {
  help: { type: 'boolean', default: false },
  least: { type: 'string', default: '0.85' },
  run: { type: 'boolean', default: false },
} as const;

export function readCompareOptions(args: readonly string[]): CompareOptions {
  const { values, positionals } = parseOptions(args, OPTIONS);
  const [baseline, result, ...more] = positionals;
  if (values.help) return { help: true, baseline: '', result: undefined, least: 1, run: false };
  if (baseline === undefined) throw new BenchUsageError('compare needs the file of a baseline; see --help');
  if (more.length > 0) throw new BenchUsageError(`${more.join(' ')}: compare takes two files at the most; see --help`);
  if (values.run && result !== undefined) throw new BenchUsageError('--run makes the result: leave out its file');
  return { help: false, baseline, result, least: shareOf(values.least), run: values.run };
}

function shareOf(text: string): number {
  const share = Number(text);
  if (/^\d*\.?\d+$/.test(text) && share > 0 && share <= 1) return share;
  throw new BenchUsageError(`--least ${text}: must be a number above 0 and up to 1`);
}
