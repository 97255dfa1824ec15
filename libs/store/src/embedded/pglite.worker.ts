import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { withWholePipelines } from './pipelines.js';
import { EMBEDDED_CONNECTIONS_MAX, type WorkerMessage, type WorkerSettings } from './worker-messages.js';

/** PostgreSQL as WASM and its socket, in a thread of their own: a query blocks the thread it runs in. */

const settings = workerData as WorkerSettings;
const say = (message: WorkerMessage): void => parentPort?.postMessage(message);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function fail(state: 'NOT_OPENED' | 'BROKEN', error: unknown): void {
  say({ state, reason: reasonOf(error) });
  // Message ports are flushed in order, so the message above arrives before the end does.
  setImmediate(() => process.exit(1));
}

async function open(): Promise<PGlite> {
  const db = await PGlite.create({ dataDir: settings.dir });
  await db.query('SELECT count(*) FROM pg_catalog.pg_class');
  return db;
}

async function serve(db: PGlite): Promise<void> {
  const server = new PGLiteSocketServer({
    db: withWholePipelines(db, (error) => fail('BROKEN', error)),
    host: '127.0.0.1',
    port: settings.port,
    maxConnections: EMBEDDED_CONNECTIONS_MAX,
  });
  await server.start();
  parentPort?.once('message', () => {
    // Only the request to close ever arrives.
    void close(server, db);
  });
  say({ state: 'LISTENING', port: Number(server.getServerConn().split(':').at(-1)) });
}

async function close(server: PGLiteSocketServer, db: PGlite): Promise<void> {
  await server.stop();
  await db.close();
  parentPort?.close();
}

open().then(
  (db) => serve(db).catch((error: unknown) => fail('BROKEN', error)),
  (error: unknown) => fail('NOT_OPENED', error),
);
