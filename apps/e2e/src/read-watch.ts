import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@logbook/testing';
import type { Api } from './harness/api.js';

const BETWEEN_LOOKS_MS = 5;

/** Reads the same things over and over, and tells the only two answers they may have from every other. */
export class ReadWatch {
  /** How often the answer was 503. */
  unavailable = 0;
  /** Answers that were neither 503 nor what they had been before. */
  readonly wrong: string[] = [];
  /** What came last. */
  last: 'AS_BEFORE' | 'UNAVAILABLE' | 'WRONG' | 'UNANSWERED' = 'AS_BEFORE';
  private stopping = false;
  private readonly finished: Promise<unknown>;

  private constructor(
    private readonly api: Api,
    before: ReadonlyMap<string, string>,
  ) {
    this.finished = Promise.all([...before].map(([path, text]) => this.watch(path, text)));
  }

  /**
   * What the paths answer now, with 200, is what they must answer from now on. A gateway that had to connect to its database
   * for this, on a machine full of other work, may answer 503 at first.
   */
  static async start(api: Api, paths: readonly string[]): Promise<ReadWatch> {
    const before = new Map<string, string>();
    for (const path of paths) {
      const answered = async (): Promise<string> => {
        const { status, text } = await api.get(path);
        if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${text}`);
        return text;
      };
      before.set(path, await eventually(answered, { what: `GET ${path} to be answered 200` }));
    }
    return new ReadWatch(api, before);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.finished;
  }

  private async watch(path: string, before: string): Promise<void> {
    while (!this.stopping) {
      this.last = await this.look(path, before);
      await pause(BETWEEN_LOOKS_MS);
    }
  }

  private async look(path: string, before: string): Promise<ReadWatch['last']> {
    try {
      const { status, text } = await this.api.get(path);
      if (status === 503) {
        this.unavailable += 1;
        return 'UNAVAILABLE';
      }
      if (status === 200 && text === before) return 'AS_BEFORE';
      this.wrong.push(`GET ${path} was answered ${status}: ${text}`);
      return 'WRONG';
    } catch {
      // The process is down or starting: nobody was told anything.
      return 'UNANSWERED';
    }
  }
}
