/**
 * The baseline of an event store on PostgreSQL: emmett-postgresql keeps the events, and rebuilds by its own documented way
 * a projection of how many events and tokens each session has.
 * Usage: emmett.program.js <folder> <url> append <events> | <folder> <url> rebuild documents|sql
 */
import { importEmmett, type EmmettModules } from './emmett-package.js';
import { Telemetry } from './telemetry.js';

const EVENT = 'LlmRecorded';
/** Its default is 100; with more it is faster, and the baseline is to be its best. */
const BATCH_MESSAGES = 1_000;

interface Recorded {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly body: unknown;
}

interface SessionDocument {
  readonly eventCount: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const [folder = '', url = '', mode = '', what = ''] = process.argv.slice(2);
const modules = await importEmmett(folder);
if (mode === 'append') await append(modules, Number(what));
else await rebuild(modules, what === 'sql' ? countingBySql(modules) : countingInDocuments(modules));
// Its pools keep the process alive for a while.
process.exit(0);

async function append({ emmett }: EmmettModules, events: number): Promise<void> {
  const store = emmett.getPostgreSQLEventStore(url);
  const telemetry = new Telemetry();
  const streams = new Map<string, { type: string; data: Recorded }[]>();
  for (let number = 0; number < events; number += 1) {
    const event = telemetry.event();
    const data = {
      inputTokens: event.summary?.inputTokens ?? 0,
      outputTokens: event.summary?.outputTokens ?? 0,
      body: JSON.parse(event.body.toString('utf8')) as unknown,
    };
    const stream = `session-${event.session ?? event.id}`;
    streams.set(stream, [...(streams.get(stream) ?? []), { type: EVENT, data }]);
  }
  for (const [stream, recorded] of streams) await store.appendToStream(stream, recorded);
  process.stdout.write(`appended to ${streams.size} streams\n`);
}

function countingInDocuments({ emmett }: EmmettModules): unknown {
  return emmett.pongoSingleStreamProjection<SessionDocument, Recorded>({
    collectionName: 'session_counts',
    canHandle: [EVENT],
    initialState: () => ({ eventCount: 0, inputTokens: 0, outputTokens: 0 }),
    evolve: (document, { data }) => ({
      ...document,
      eventCount: document.eventCount + 1,
      inputTokens: document.inputTokens + data.inputTokens,
      outputTokens: document.outputTokens + data.outputTokens,
    }),
  });
}

function countingBySql({ emmett, SQL }: EmmettModules): unknown {
  return emmett.postgreSQLRawSQLProjection<Recorded>({
    name: 'session_counts',
    canHandle: [EVENT],
    init: () =>
      SQL`CREATE TABLE IF NOT EXISTS session_counts (
            session text PRIMARY KEY, event_count bigint NOT NULL, input_tokens bigint NOT NULL, output_tokens bigint NOT NULL)`,
    evolve: ({ data, metadata }) =>
      SQL`INSERT INTO session_counts VALUES (${metadata.streamName}, 1, ${data.inputTokens}, ${data.outputTokens})
          ON CONFLICT (session) DO UPDATE SET event_count = session_counts.event_count + 1,
            input_tokens = session_counts.input_tokens + excluded.input_tokens,
            output_tokens = session_counts.output_tokens + excluded.output_tokens`,
  });
}

async function rebuild({ emmett }: EmmettModules, projection: unknown): Promise<void> {
  const consumer = emmett.rebuildPostgreSQLProjections({
    connectionString: url,
    projection,
    pulling: { batchSize: BATCH_MESSAGES },
  });
  process.stdout.write('begins\n');
  await consumer.start();
  process.stdout.write('rebuilt\n');
}
