import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onDatabase, type BenchServers } from './bench-servers.js';
import { between, watchProgram, type MeasurementOf } from './watched-program.js';

/** What is measured. Each but the verification is a process of its own; the verification follows the folding in one. */
export const SUBJECTS = ['bare kafkajs', 'folding', 'verification', 'emmett (SQL)', 'emmett (documents)'] as const;
export type Subject = (typeof SUBJECTS)[number];

export type Measurement = MeasurementOf<Subject>;

interface Log {
  readonly prefix: string;
  readonly events: number;
}

const programBeside = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
const CLI = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

export async function measureBareConsume(servers: BenchServers, { prefix, events }: Log): Promise<Measurement> {
  const { brokers, processes } = servers;
  const { marks } = await watchProgram({
    program: programBeside('bare-consume.program.js'),
    args: [brokers, `${prefix}.events`, String(events)],
    environment: {},
    processes,
    marks: { begins: /^begins/, counted: /^counted/ },
  });
  return between(marks.begins, marks.counted, { subject: 'bare kafkajs', events });
}

interface RebuildDocument {
  readonly verification: { readonly same: boolean; readonly messages: number };
}

/** `logbook rebuild` into a database of its own, as an operator calls it. */
export async function measureRebuild(
  servers: BenchServers,
  { prefix }: Log,
  { nodeArgs = [] }: { readonly nodeArgs?: readonly string[] } = {},
): Promise<readonly [Measurement, Measurement]> {
  const database = await servers.createDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'logbook-bench-'));
  try {
    await servers.settle();
    const { marks, stdout } = await watchProgram({
      program: CLI,
      args: ['rebuild', '--no-swap', '--json'],
      nodeArgs,
      environment: {
        KAFKA_BROKERS: servers.brokers,
        DATABASE_URL: database,
        LOGBOOK_TOPIC_PREFIX: prefix,
        LOGBOOK_DATA_DIR: dataDir,
      },
      processes: servers.processes,
      marks: { folding: /^building /, verifying: /^verifying /, done: /^\{/ },
    });
    const { verification } = JSON.parse(stdout) as RebuildDocument;
    if (!verification.same) throw new Error('the rebuild differs from its own replay');
    const { messages: events } = verification;
    return [
      between(marks.folding, marks.verifying, { subject: 'folding', events }),
      between(marks.verifying, marks.done, { subject: 'verification', events }),
    ];
  } finally {
    await servers.dropDatabase(database);
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** An event store of emmett's, filled once and copied for every rebuild, since a second one of the same does nothing. */
export interface EmmettStore {
  readonly folder: string;
  readonly url: string;
  readonly events: number;
}

export async function fillEmmett(servers: BenchServers, folder: string, events: number): Promise<EmmettStore> {
  const url = await servers.createDatabase();
  await watchProgram({
    program: programBeside('emmett.program.js'),
    args: [folder, url, 'append', String(events)],
    environment: {},
    processes: [],
    marks: {},
  });
  return { folder, url, events };
}

export async function measureEmmett(
  servers: BenchServers,
  { folder, url, events }: EmmettStore,
  how: 'documents' | 'sql',
): Promise<Measurement> {
  const database = await servers.createDatabase(url);
  try {
    await servers.settle();
    const { marks } = await watchProgram({
      program: programBeside('emmett.program.js'),
      args: [folder, database, 'rebuild', how],
      environment: {},
      processes: servers.processes,
      marks: { begins: /^begins/, rebuilt: /^rebuilt/ },
    });
    await requireCounted(database, how, events);
    const subject = how === 'sql' ? 'emmett (SQL)' : 'emmett (documents)';
    return between(marks.begins, marks.rebuilt, { subject, events });
  } finally {
    await servers.dropDatabase(database);
  }
}

/** A baseline that skipped events would be fast. */
async function requireCounted(database: string, how: 'documents' | 'sql', events: number): Promise<void> {
  const count = how === 'sql' ? 'event_count' : `(data->>'eventCount')::bigint`;
  const [row] = await onDatabase<{ counted: string }>(
    database,
    `SELECT sum(${count})::text AS counted FROM session_counts`,
  );
  if (row?.counted !== String(events)) throw new Error(`emmett counted ${row?.counted ?? 'no'} events of ${events}`);
}
