import { setTimeout as moment } from 'node:timers/promises';
import { exchange, type WireAnswer } from './exchange.js';
import type { WireRequest } from './requests.js';

/** What became of requests that were sent whatever was answered. */
export interface FloodOutcome {
  readonly sent: number;
  /** What was due and not sent: as many connections were open as may be. */
  readonly unsent: number;
  /** The ids of the events that were accepted, of whole requests or of parts of batches. */
  readonly ids: readonly string[];
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that are neither 2xx nor a refusal with Retry-After, and requests without an answer. */
  readonly wrong: readonly string[];
  /** The longest that an answer and the end of its connection took. */
  readonly slowestMs: number;
}

export interface FloodOptions {
  readonly url: string;
  readonly path: string;
  readonly apiKey: string;
  readonly body: Buffer;
  /** As many are open at a time; what is due beyond that stays unsent. */
  readonly connectionsMax: number;
}

/**
 * Sends one request again and again as bytes made once, each over a connection of its own like the published client, so
 * that sending takes little of the machine that the gateway runs on too.
 */
export class Flood {
  private readonly request: WireRequest;
  private readonly ids: string[] = [];
  private readonly statuses = new Map<number, number>();
  private readonly wrong: string[] = [];
  private sent = 0;
  private unsent = 0;
  private slowestMs = 0;

  constructor(private readonly options: FloodOptions) {
    const head = [
      `POST /api/v1${options.path} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Authorization: Bearer ${options.apiKey}`,
      `Content-Length: ${options.body.length}`,
      'Connection: close',
    ];
    const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), options.body]);
    this.request = { method: 'POST', bytes, ends: false };
  }

  /** Some at a time, each when the one before is answered: what the gateway can take. Gives the requests accepted a second. */
  async inTurn({ workers, forMs }: { readonly workers: number; readonly forMs: number }): Promise<number> {
    const began = performance.now();
    const before = this.statuses.get(200) ?? 0;
    const work = async (): Promise<void> => {
      while (performance.now() - began < forMs) await this.send();
    };
    await Promise.all(Array.from({ length: workers }, work));
    return (((this.statuses.get(200) ?? 0) - before) * 1_000) / (performance.now() - began);
  }

  /** So many a second, whatever is answered, as far as there are connections for them. Resolves when all are answered. */
  async atRate({ perSecond, forMs }: { readonly perSecond: number; readonly forMs: number }): Promise<void> {
    const began = performance.now();
    const open = new Set<Promise<void>>();
    let due = 0;
    for (let elapsed = 0; elapsed < forMs; elapsed = performance.now() - began) {
      for (; due < (perSecond * elapsed) / 1_000; due += 1) {
        if (open.size >= this.options.connectionsMax) {
          this.unsent += 1;
          continue;
        }
        const sending: Promise<void> = this.send().finally(() => open.delete(sending));
        open.add(sending);
      }
      await moment(1);
    }
    await Promise.all(open);
  }

  outcome(): FloodOutcome {
    const { sent, unsent, ids, statuses, wrong, slowestMs } = this;
    return { sent, unsent, ids, statuses, wrong, slowestMs };
  }

  private async send(): Promise<void> {
    this.sent += 1;
    const began = performance.now();
    try {
      const [answer] = await exchange(this.options.url, this.request);
      if (answer === undefined) this.wrong.push('closed or reset without an answer');
      else this.answered(answer);
    } catch (error) {
      this.wrong.push((error as NodeJS.ErrnoException).code ?? String(error));
    }
    this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
  }

  private answered({ status, head, body }: WireAnswer): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 200 || status === 207) this.accepted(JSON.parse(body) as EventAnswer | BatchAnswer);
    else if ((status !== 503 && status !== 429) || !/^retry-after: \d+$/im.test(head))
      this.wrong.push(`${status} ${body}`);
  }

  private accepted(answer: EventAnswer | BatchAnswer): void {
    for (const { id, type } of 'results' in answer ? answer.results : [answer]) {
      if (id !== undefined) this.ids.push(id);
      else if (type !== 'unavailable') this.wrong.push(`an item was rejected: ${type}`);
    }
  }
}

interface EventAnswer {
  readonly id?: string;
  readonly type?: string;
}
interface BatchAnswer {
  readonly results: readonly EventAnswer[];
}
