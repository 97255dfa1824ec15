import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { inRepository } from './repository.js';

export interface PythonTrafficOptions {
  /** The interpreter that has the published client, as `clientPython` gives it. */
  readonly program: string;
  /** Its calls take turns over them. */
  readonly urls: readonly string[];
  readonly apiKey: string;
  /** Begins every name it makes; no other traffic of this system may have it. */
  readonly prefix: string;
  /** How many calls are under way at a time. */
  readonly workers: number;
}

/** The published Python client sending events and making fingerprints until it is stopped: a connection a call, no retries. */
export class PythonTraffic {
  /** The person of every event that the client sent without an error; no two events have the same. */
  readonly accepted: string[] = [];
  /** The fingerprints it made. */
  readonly fingerprints: string[] = [];
  /** Calls that raised, as `events.create ConnectionError(…)`. */
  readonly failed: string[] = [];
  private said = '';
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'close');
    createInterface({ input: child.stdout! }).on('line', (line) => this.keep(line));
    // A program that has failed does not read any more; its exit code tells.
    child.stdin!.on('error', () => undefined);
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.said += text));
  }

  static start({ program, urls, apiKey, prefix, workers }: PythonTrafficOptions): PythonTraffic {
    const args = ['--api-key', apiKey, '--prefix', prefix, '--workers', String(workers)];
    const child = spawn(
      program,
      ['-B', inRepository('apps/e2e/python/client_load.py'), ...urls.flatMap((url) => ['--base-url', url]), ...args],
      { stdio: 'pipe' },
    );
    return new PythonTraffic(child);
  }

  /** Lets the calls under way end. Rejects with what it said where the program failed. */
  async stop(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error(`client_load.py ended with ${this.child.exitCode}: ${this.said}`);
  }

  private keep(line: string): void {
    const subject = line.slice(line.indexOf(' ') + 1);
    if (line.startsWith('event ')) this.accepted.push(subject);
    else if (line.startsWith('fingerprint ')) this.fingerprints.push(subject);
    else this.failed.push(subject);
  }
}
