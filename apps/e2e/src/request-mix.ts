import type { Answer, Api } from './harness/api.js';
import { llmEvent } from './telemetry.js';

/** What is sent over and over, each kind by a client of its own. */
export type RequestKind = 'POST /events' | 'PUT /agents' | 'GET /agents/{agent_name}';

/**
 * Writes and reads at a constant number of clients until it is stopped; whatever was not answered 200 is kept, and so
 * are the times. What was written is read back at once: a PUT promises that.
 */
export class RequestMix {
  readonly acceptedEvents: string[] = [];
  readonly agents: string[] = [];
  readonly failures: string[] = [];
  /** Milliseconds, by the phase in which the request was sent. */
  readonly timesMs = new Map<string, number[]>();
  phase = 'before';
  private stopping = false;
  private sent = 0;
  private readonly finished: Promise<unknown>;

  constructor(
    private readonly api: Api,
    private readonly fingerprintId: string,
    { writers, readers }: { readonly writers: number; readonly readers: number },
  ) {
    const clients = (count: number, work: () => Promise<void>) =>
      Array.from({ length: count }, () => this.repeat(work));
    this.finished = Promise.all([
      ...clients(writers, () => this.recordEvent()),
      ...clients(readers, () => this.createAndRead()),
    ]);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.finished;
  }

  private async repeat(work: () => Promise<void>): Promise<void> {
    while (!this.stopping) await work();
  }

  private async recordEvent(): Promise<void> {
    const number = (this.sent += 1);
    const names = { agent: `live-${number % 40}`, session: `live-${number % 100}`, person: `person-${number % 50}` };
    const answer = await this.timed('POST /events', () =>
      this.api.post('/events', llmEvent(this.fingerprintId, names)),
    );
    if (answer !== undefined) this.acceptedEvents.push(answer.json<{ id: string }>().id);
  }

  private async createAndRead(): Promise<void> {
    const name = `created-${(this.sent += 1)}`;
    const put = await this.timed('PUT /agents', () => this.api.put('/agents', { agent_name: name }));
    if (put === undefined) return;
    this.agents.push(name);
    const got = await this.timed('GET /agents/{agent_name}', () => this.api.get(`/agents/${name}`));
    if (got !== undefined && got.text !== put.text) this.failures.push(`${name} was ${put.text}, then ${got.text}`);
  }

  private async timed(kind: RequestKind, send: () => Promise<Answer>): Promise<Answer | undefined> {
    const { phase } = this;
    const startMs = performance.now();
    try {
      const answer = await send();
      const times = this.timesMs.get(phase) ?? [];
      this.timesMs.set(phase, times);
      times.push(performance.now() - startMs);
      if (answer.status === 200) return answer;
      this.failures.push(`${phase}: ${kind} was answered ${answer.status}: ${answer.text}`);
    } catch (error) {
      this.failures.push(`${phase}: ${kind} was not answered: ${String(error)}`);
    }
    return undefined;
  }
}
