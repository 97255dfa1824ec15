import { inspect } from 'node:util';
import type { Entry, History } from './history.contract.js';
import type { Step } from './schedule.contract.js';

export interface Case {
  readonly history: History;
  /** One for each generation. */
  readonly schedules: readonly (readonly Step[])[];
}

/** A history and its schedules, a line an entry and a step. */
export function describeCase({ history: { partitions, entries }, schedules }: Case): string {
  return [
    `partitions: commands ${partitions.commands}, events ${partitions.events}`,
    'appended:',
    ...entries.map((entry) => `  ${describeEntry(entry)}`),
    ...schedules.flatMap((steps, index) => [
      `schedule of generation ${index + 1}:`,
      ...steps.map((step) => `  ${inspected(step)}`),
    ]),
  ].join('\n');
}

function describeEntry(entry: Entry): string {
  if (entry.kind === 'COPY') return inspected(entry);
  const { intended, ...rest } = entry;
  return inspected({ ...('event' in intended ? { ...intended.event, told: intended.told } : intended), ...rest });
}

/** On one line; long names are cut. */
export function inspected(value: unknown): string {
  return inspect(value, { breakLength: Infinity, depth: 6, maxStringLength: 80, maxArrayLength: 40 });
}
