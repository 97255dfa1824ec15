import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onDatabase, type BenchServers } from '../rebuild/bench-servers.js';
import { between, markNow, watchProgram, type MeasurementOf } from '../rebuild/watched-program.js';
import { StartedProgram } from '../servers/started-program.js';
import { PROJECTOR } from '../servers/system-under-test.js';
import { spreadOf, type Spread } from '../statistics.js';
import { CheckpointProgress } from './checkpoint-progress.js';

/** What is measured. COPY has no program of its own: PostgreSQL reads a file. */
export const SUBJECTS = ['bare kafkajs', 'COPY', 'projector', 'stock Nest + TypeORM'] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface Measurement extends MeasurementOf<Subject> {
  /** Of the projector: how many events its transactions hold. */
  readonly batchEvents?: Spread;
}

export interface Log {
  readonly prefix: string;
  readonly events: number;
}

const FIRST_COMMIT_TIMEOUT_MS = 60_000;
const LEVEL_TIMEOUT_MS = 60 * 60_000;
const EVENTS_TABLE = 'gen_1.events';

/**
 * The projector as a service, from the first batch of events that a fresh database holds to the last, and then COPY of the
 * rows it made. What the first batch held does not count, nor does the start; the commands beside the events do.
 */
export async function measureProjector(
  servers: BenchServers,
  log: Log,
  { nodeArgs = [] }: { readonly nodeArgs?: readonly string[] } = {},
): Promise<Measurement[]> {
  const { brokers, processes } = servers;
  const database = await servers.createDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
  const progress = await CheckpointProgress.open(database);
  try {
    await servers.settle();
    const environment = {
      KAFKA_BROKERS: brokers,
      DATABASE_URL: database,
      LOGBOOK_TOPIC_PREFIX: log.prefix,
      LOGBOOK_DATA_DIR: dataDir,
      LOGBOOK_PROJECTOR_PORT: '0',
      LOG_LEVEL: 'error',
    };
    const projector = await StartedProgram.start({ ...PROJECTOR, environment, nodeArgs });
    const projected = await levelOf(projector, { progress, log, processes }).finally(() => projector.stop());
    return [projected, await measureCopy(servers, database, log)];
  } finally {
    await progress.close();
    await servers.dropDatabase(database);
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function levelOf(
  { pid }: StartedProgram,
  options: { readonly progress: CheckpointProgress; readonly log: Log; readonly processes: BenchServers['processes'] },
): Promise<Measurement> {
  const { progress, log, processes } = options;
  await progress.reached(1, { timeoutMs: FIRST_COMMIT_TIMEOUT_MS });
  const before = progress.committed;
  const first = markNow(pid, processes);
  await progress.reached(log.events, { timeoutMs: LEVEL_TIMEOUT_MS });
  const level = markNow(pid, processes);
  return {
    ...between(first, level, { subject: 'projector', events: log.events - before }),
    batchEvents: spreadOf(progress.batches.map(({ events }) => events)),
  };
}

/** The floor of PostgreSQL: it reads the same rows out of a file into a table with the same indexes. */
async function measureCopy(servers: BenchServers, database: string, { events }: Log): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
  try {
    // PostgreSQL writes there as a user of its own.
    await chmod(folder, 0o777);
    const file = join(folder, 'events');
    await onDatabase(database, `COPY ${EVENTS_TABLE} TO '${file}'`);
    await onDatabase(database, `CREATE TABLE copied (LIKE ${EVENTS_TABLE} INCLUDING ALL)`);
    await servers.settle();
    const begins = markNow(undefined, servers.processes);
    await onDatabase(database, `COPY copied FROM '${file}'`);
    const copied = markNow(undefined, servers.processes);
    await requireRows(database, 'copied', events);
    return between(begins, copied, { subject: 'COPY', events });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function measureStock(servers: BenchServers, { prefix, events }: Log): Promise<Measurement> {
  const database = await servers.createDatabase();
  try {
    await servers.settle();
    const { marks } = await watchProgram({
      program: fileURLToPath(new URL('./stock-consumer.program.js', import.meta.url)),
      args: [servers.brokers, `${prefix}.events`, database, String(events)],
      environment: {},
      processes: servers.processes,
      marks: { first: /^first/, counted: /^counted/ },
    });
    await requireRows(database, 'llm_event', events);
    return between(marks.first, marks.counted, { subject: 'stock Nest + TypeORM', events: events - 1 });
  } finally {
    await servers.dropDatabase(database);
  }
}

/** Whoever lost or doubled events would be fast. */
async function requireRows(database: string, table: string, events: number): Promise<void> {
  const [row] = await onDatabase<{ rows: string }>(database, `SELECT count(*)::text AS rows FROM ${table}`);
  if (row?.rows !== String(events)) throw new Error(`${table} holds ${row?.rows ?? 'no'} rows of ${events}`);
}
