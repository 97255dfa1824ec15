import { once } from 'node:events';
import { mkdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DependencyUnavailableError } from '@logbook/core';
import type { WorkerMessage, WorkerRequest, WorkerSettings } from './worker-messages.js';

/** The directory could not be opened, was moved aside, and an empty one took its place. */
export interface Rebuilt {
  readonly dir: string;
  readonly movedTo: string;
  readonly reason: string;
}

export interface EmbeddedServerOptions {
  readonly dir: string;
  /** The worker's built code; default the one of this package. */
  readonly workerUrl?: URL | undefined;
  readonly onRebuilt: (rebuilt: Rebuilt) => void;
  /** The worker ended although nobody asked it to. Every connection is gone; the process should end too. */
  readonly onBroken: (error: Error) => void;
}

export interface EmbeddedServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const OPEN_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 10_000;

/** Under jest this file is TypeScript; a worker needs the JavaScript that the build made of it. */
const BUILT_WORKER = fileURLToPath(import.meta.url).endsWith('.ts')
  ? new URL('../../dist/embedded/pglite.worker.js', import.meta.url)
  : new URL('./pglite.worker.js', import.meta.url);

/**
 * PostgreSQL on a local port, its files in `dir`. What it holds can be made again from the log, so a directory
 * that cannot be opened is moved aside (one such is kept) and an empty one begun. The caller owns `dir` alone.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { dir, onRebuilt } = options;
  await mkdir(dir, { recursive: true });
  const first = await startWorker(options);
  if ('server' in first) return first.server;
  const movedTo = `${dir}.unreadable`;
  await rm(movedTo, { recursive: true, force: true });
  await rename(dir, movedTo);
  await mkdir(dir, { recursive: true });
  const second = await startWorker(options);
  if (!('server' in second)) {
    throw new DependencyUnavailableError(`the embedded Postgres does not start in an empty ${dir}: ${second.reason}`);
  }
  onRebuilt({ dir, movedTo, reason: first.reason });
  return second.server;
}

type Started = { readonly server: EmbeddedServer } | { readonly reason: string };

async function startWorker({ dir, workerUrl, onBroken }: EmbeddedServerOptions): Promise<Started> {
  const workerData: WorkerSettings = { dir, port: 0 };
  const worker = new Worker(workerUrl ?? BUILT_WORKER, { workerData });
  const message = await firstMessage(worker);
  if (message.state !== 'LISTENING') {
    await worker.terminate();
    return { reason: message.reason };
  }
  let state: 'RUNNING' | 'CLOSING' | 'BROKEN' = 'RUNNING';
  const broken = (error: Error): void => {
    if (state !== 'RUNNING') return;
    state = 'BROKEN';
    onBroken(error);
  };
  worker.on('message', (later: WorkerMessage) => {
    if (later.state === 'BROKEN') broken(new Error(`the embedded Postgres failed: ${later.reason}`));
  });
  worker.on('error', (error) => broken(error));
  worker.on('exit', (code) => broken(new Error(`the embedded Postgres ended with code ${code}`)));
  const close = async (): Promise<void> => {
    if (state !== 'RUNNING') return;
    state = 'CLOSING';
    const ended = once(worker, 'exit');
    worker.postMessage('CLOSE' satisfies WorkerRequest);
    const tooLate = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
    await ended;
    clearTimeout(tooLate);
  };
  return { server: { host: '127.0.0.1', port: message.port, close } };
}

/** The first thing the worker says; that it ended, or said nothing in time, is an answer too. */
async function firstMessage(worker: Worker): Promise<WorkerMessage> {
  return new Promise((resolve) => {
    const settle = (message: WorkerMessage): void => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(message);
    };
    const notOpened = (reason: string): void => settle({ state: 'NOT_OPENED', reason });
    const timer = setTimeout(() => notOpened(`no answer in ${OPEN_TIMEOUT_MS} ms`), OPEN_TIMEOUT_MS);
    worker.once('message', settle);
    worker.once('error', (error) => notOpened(error.message));
    worker.once('exit', (code) => notOpened(`the worker ended with code ${code}`));
  });
}
