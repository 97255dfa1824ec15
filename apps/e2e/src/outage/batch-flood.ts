import { setTimeout as moment } from 'node:timers/promises';
import type { Answer, Api } from '../harness/api.js';

/** What became of batches that were sent without waiting for answers. */
export interface FloodOutcome {
  readonly sent: number;
  /** The ids of the events that were accepted, of whole batches or of parts. */
  readonly ids: readonly string[];
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that are neither 2xx nor a refusal with Retry-After, and requests without an answer. */
  readonly wrong: readonly string[];
}

interface BatchAnswer {
  readonly results: readonly { readonly status: string; readonly id?: string; readonly type?: string }[];
}

/** Sends batches, and keeps what became of each. */
export class BatchFlood {
  readonly ids: string[] = [];
  private readonly statuses = new Map<number, number>();
  private readonly wrong: string[] = [];
  private sent = 0;

  constructor(
    private readonly api: Api,
    private readonly body: Buffer,
  ) {}

  /** Some at a time, each when the one before is answered: what the gateway can take. Gives the batches accepted a second. */
  async inTurn({ workers, forMs }: { readonly workers: number; readonly forMs: number }): Promise<number> {
    const began = performance.now();
    const before = this.statuses.get(200) ?? 0;
    const work = async (): Promise<void> => {
      while (performance.now() - began < forMs) await this.send();
    };
    await Promise.all(Array.from({ length: workers }, work));
    return (((this.statuses.get(200) ?? 0) - before) * 1_000) / (performance.now() - began);
  }

  /** So many a second, whatever is answered. */
  async atRate({ perSecond, forMs }: { readonly perSecond: number; readonly forMs: number }): Promise<void> {
    const began = performance.now();
    const sending: Promise<void>[] = [];
    for (let elapsed = 0; elapsed < forMs; elapsed = performance.now() - began) {
      while (sending.length < (perSecond * elapsed) / 1_000) sending.push(this.send());
      await moment(1_000 / perSecond);
    }
    await Promise.all(sending);
  }

  outcome(): FloodOutcome {
    return { sent: this.sent, ids: this.ids, statuses: this.statuses, wrong: this.wrong };
  }

  private async send(): Promise<void> {
    this.sent += 1;
    try {
      this.answered(await this.api.post('/events/batch', this.body));
    } catch (error) {
      this.wrong.push((error as NodeJS.ErrnoException).code ?? String(error));
    }
  }

  private answered(answer: Answer): void {
    const { status, headers, text } = answer;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 200 || status === 207) {
      for (const { id, type } of answer.json<BatchAnswer>().results) {
        if (id !== undefined) this.ids.push(id);
        else if (type !== 'unavailable') this.wrong.push(`an item was rejected: ${type}`);
      }
    } else if ((status !== 503 && status !== 429) || headers['retry-after'] === undefined) {
      this.wrong.push(`${status} ${text}`);
    }
  }
}
