import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram } from './harness/repository.js';
import { runProgram } from './harness/run-program.js';
import { plainLines } from './plain-lines.js';

export interface FailedStart {
  readonly code: number | null;
  /** What a person reads: structured log lines are left out. */
  readonly lines: readonly string[];
  readonly tookMs: number;
}

export type App = 'standalone' | 'gateway' | 'projector' | 'cli';

const START_TIMEOUT_MS = 60_000;

/** Runs a service that is meant to refuse its settings, with a data directory of its own unless they name one. */
export async function failedStart(
  app: App,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<FailedStart> {
  const directory = await mkdtemp(join(tmpdir(), 'logbook-e2e-'));
  const began = performance.now();
  try {
    const { code, stderr } = await runProgram({
      command: process.execPath,
      args: [builtProgram(app), ...args],
      environment: { LOGBOOK_DATA_DIR: directory, PORT: '0', LOGBOOK_PROJECTOR_PORT: '0', ...settings },
      timeoutMs: START_TIMEOUT_MS,
    });
    return { code, lines: plainLines(stderr), tookMs: performance.now() - began };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
