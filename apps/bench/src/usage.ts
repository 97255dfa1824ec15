import { parseArgs } from 'node:util';

type OptionsConfig = Readonly<
  Record<string, { readonly type: 'string' | 'boolean'; readonly default?: string | boolean; readonly multiple?: true }>
>;
type Parsed<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: Options }>
>;

/** What the operator got wrong, in a line that says what to do. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

/** What every benchmark takes that measures and writes a report. */
export const REPORT_OPTIONS = {
  help: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  /** Where the JSON goes. */
  out: { type: 'string' },
} as const;

/** How often everything is measured. */
export const roundsOf = (text: string): number => wholeNumber('--rounds', text, { min: 1, max: 50 });

/** The value of an option that counts something. */
export function wholeNumber(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || text.length > String(max).length || value < min || value > max) {
    throw new BenchUsageError(`${name} ${text}: must be a whole number from ${min} to ${max}`);
  }
  return value;
}

/** The arguments of a benchmark as `parseArgs` reads them. @throws BenchUsageError for an option there is not. */
export function parseOptions<Options extends OptionsConfig>(
  args: readonly string[],
  options: Options,
): Parsed<Options> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new BenchUsageError(`${(error as Error).message}; see --help`, { cause: error });
  }
}

/** Of a benchmark that takes options only. @throws BenchUsageError for an option there is not, or anything else. */
export function parseOptionsOnly<Options extends OptionsConfig>(
  benchmark: string,
  args: readonly string[],
  options: Options,
): Parsed<Options>['values'] {
  const { values, positionals } = parseOptions(args, options);
  if (positionals.length > 0) {
    throw new BenchUsageError(`${positionals.join(' ')}: ${benchmark} takes options only; see --help`);
  }
  return values;
}
