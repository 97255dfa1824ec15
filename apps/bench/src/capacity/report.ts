import { NEEDS, type Need } from './needs.js';
import { UNIT_COST_NAMES, UNIT_COSTS, valuesOf, type StatedCosts } from './unit-costs.js';

export const RATES_DEFAULT = [1_000, 50_000, 1_000_000] as const;

/** Two tables in Markdown, as `docs/capacity.md` has them. */
export function renderCapacity(stated: StatedCosts, rates: readonly number[] = RATES_DEFAULT): string {
  const costs = valuesOf(stated);
  const given = UNIT_COST_NAMES.map((name) => [
    `\`${name}\``,
    String(stated[name].value),
    UNIT_COSTS[name],
    stated[name].source,
  ]);
  const needed = NEEDS.map((need) => [
    need.name,
    ...rates.map((rate) => show(need, need.of(costs, rate))),
    need.formula,
  ]);
  const headings = ['needed', ...rates.map((rate) => `${rate.toLocaleString('en')} events/s`), 'computed'];
  return [...markdown(['unit cost', 'value', 'of what', 'source'], given), '', ...markdown(headings, needed), ''].join(
    '\n',
  );
}

/** Columns of equal width, as the formatter of the pages wants them. */
function markdown(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) =>
    Math.max(3, ...[heading, ...rows.map((row) => row[column] ?? '')].map(({ length }) => length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

function show({ unit }: Need, value: number): string {
  switch (unit) {
    case 'count':
      return value.toLocaleString('en');
    case 'cores':
      return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
    case 'bytes':
      return bytes(value);
    case 'bytes a second':
      return `${bytes(value)}/s`;
  }
}

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** Powers of 1,000, three digits. */
function bytes(value: number): string {
  const power = Math.min(PREFIXES.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  const scaled = value / 1_000 ** power;
  return `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${PREFIXES[power]}B`;
}
