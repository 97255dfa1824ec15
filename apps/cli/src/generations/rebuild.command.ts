import { freeze, logEndsOf, rebuild, type RebuildProgress, vectorAsOf } from '@logbook/projector';
import { createLogger, Metrics } from '@logbook/observability';
import type { KnownGeneration, LogEnds } from '@logbook/store';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { endInterrupted, interrupted } from '../interrupted.js';
import { isoTime, printJson } from '../output.js';
import { type Progress, startProgress } from '../progress/progress.js';
import { parseTime } from '../time-argument.js';
import { sentenceOf } from './swap-outcome.js';
import { parseVector, requireWithin } from './vector.js';
import { EXIT_DIFFERENT, printVerification, verificationDocument } from './verification.js';
import { type Maintenance, withMaintenance } from './with-maintenance.js';

interface RebuildCommandOptions {
  readonly swap: boolean;
  readonly asOf?: number;
  readonly until?: LogEnds;
  readonly json?: boolean;
}

export function rebuildCommand(): Command {
  return new Command('rebuild')
    .description(
      'folds the log from its beginning into a new generation beside live traffic, verifies it by an independent replay,\n' +
        'and points readers to it. Killed or interrupted, it goes on where it stopped when it is called again.',
    )
    .option('--no-swap', 'leave readers where they are; `logbook swap` points them to it later')
    .option(
      '--as-of <time>',
      'stop before what is later than this (ISO 8601): a generation apart, for an investigation',
      parseTime,
    )
    .option(
      '--until <vector>',
      'stop at these offsets (JSON, as verify --json prints them): a generation apart',
      parseVector,
    )
    .option('--json', 'print JSON')
    .action(run);
}

async function run(options: RebuildCommandOptions): Promise<void> {
  if (options.asOf !== undefined && options.until !== undefined) {
    throw new CommandError('--as-of and --until both say where to stop: give one of them');
  }
  const signal = interrupted();
  const progress = startProgress();
  try {
    await withMaintenance((opened) =>
      options.asOf === undefined && options.until === undefined
        ? rebuildLive(opened, { options, signal, progress })
        : rebuildApart(opened, { options, signal, progress }),
    );
  } catch (error) {
    progress.end();
    endInterrupted(signal, error, 'interrupted; the same command goes on from here');
  }
}

interface Running {
  readonly options: RebuildCommandOptions;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

const shown =
  (progress: Progress) =>
  ({ phase, generation, done, total }: RebuildProgress): void =>
    progress.update(`${phase === 'FOLDING' ? 'building' : 'verifying'} ${generation}`, done, total);

async function rebuildLive(
  { log, control, store, writer, followHere }: Maintenance,
  { options, signal, progress }: Running,
): Promise<void> {
  const rebuilt = await rebuild({
    log,
    logId: control.log.logId,
    control,
    store,
    writer,
    signal,
    logger: createLogger({ level: 'silent', service: 'cli' }),
    metrics: new Metrics({ defaults: false }),
    follow: followHere,
    swap: options.swap,
    onProgress: shown(progress),
  });
  progress.end();
  const { generation, resumed, verification, swap } = rebuilt;
  if (options.json === true) {
    // Already: a swap whose answer was lost had been committed.
    const swapped = swap?.outcome === 'SWAPPED' || swap?.outcome === 'POINTED_TO_ALREADY';
    printJson({ generation, resumed, swapped, verification: verificationDocument(verification) });
  } else printVerification(verification);
  if (!verification.same) {
    process.exitCode = EXIT_DIFFERENT;
    process.stderr.write(`logbook: ${generation} is kept for inspection, and readers stay where they are\n`);
    return;
  }
  const sentence =
    swap === undefined
      ? `${generation} is built and followed; \`logbook swap ${generation}\` points readers to it`
      : sentenceOf(generation, swap);
  if (options.json !== true) process.stdout.write(`${sentence}\n`);
}

async function rebuildApart(
  { log, control, store, writer }: Maintenance,
  { options, signal, progress }: Running,
): Promise<void> {
  const until = options.until ?? (await vectorAsOf(log, options.asOf ?? Infinity, signal));
  requireWithin(until, await logEndsOf(log));
  const generation = await freeze({
    log,
    logId: control.log.logId,
    store,
    writer,
    signal,
    until,
    asOfMs: options.asOf,
    onProgress: shown(progress),
  });
  progress.end();
  signal.throwIfAborted();
  print(generation, { until, options });
}

function print(
  { name }: KnownGeneration,
  { until, options: { asOf, json } }: { readonly until: LogEnds; readonly options: RebuildCommandOptions },
): void {
  if (json === true) return printJson({ generation: name, until, as_of: asOf === undefined ? null : isoTime(asOf) });
  const what = asOf === undefined ? 'up to the offsets given' : `as of ${isoTime(asOf)}`;
  process.stdout.write(
    `${name} holds the log ${what}; nobody follows it and readers do not use it.\n` +
      `Look at it with SQL, e.g. SELECT * FROM ${name}.sessions; \`logbook generations drop ${name}\` removes it.\n`,
  );
}
