import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './harness/api.js';

const PAUSE_UNANSWERED_MS = 20;

export interface EventTrafficOptions {
  readonly api: Api;
  /** How many requests are under way at a time. */
  readonly workers: number;
  /** The body of the next event. */
  readonly next: (number: number) => object;
}

/** Sends events until it is stopped, and keeps what became of each. */
export class EventTraffic {
  /** The ids that were answered with 200. */
  readonly accepted: string[] = [];
  /** Answers other than 200, as `503 {…}`. */
  readonly refused: string[] = [];
  /** Requests without an answer, as the code of their error: `ECONNREFUSED`. */
  readonly unanswered: string[] = [];
  private stopping = false;
  private sent = 0;
  private readonly finished: Promise<unknown>;

  constructor(private readonly options: EventTrafficOptions) {
    this.finished = Promise.all(Array.from({ length: options.workers }, () => this.work()));
  }

  /** How many requests wait for their answer now. */
  get underWay(): number {
    return this.sent - this.accepted.length - this.refused.length - this.unanswered.length;
  }

  /** Lets the requests under way end. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.finished;
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      const body = this.options.next((this.sent += 1));
      try {
        const answer = await this.options.api.post('/events', body);
        if (answer.status === 200) this.accepted.push(answer.json<{ id: string }>().id);
        else this.refused.push(`${answer.status} ${answer.text}`);
      } catch (error) {
        this.unanswered.push((error as NodeJS.ErrnoException).code ?? String(error));
        // Nobody listens: asking again at once would only take the processor from the servers that start.
        await pause(PAUSE_UNANSWERED_MS);
      }
    }
  }
}
