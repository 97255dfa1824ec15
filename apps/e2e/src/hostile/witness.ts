import { eventually } from '@logbook/testing';
import { eventBody, recordedId } from '../api/requests.js';
import type { Api } from '../harness/api.js';

/** A well-behaved client that records one event after the other, to notice when others are served no more. */
export class Witness {
  answered = 0;
  private stopped = false;
  private failed = false;
  private readonly ended: Promise<void>;

  private constructor(api: Api, body: object) {
    this.ended = this.run(api, body);
    // Told by `stop`; until then nobody looks.
    this.ended.catch(() => (this.failed = true));
  }

  static async start(api: Api): Promise<Witness> {
    return new Witness(api, await eventBody(api));
  }

  /** Records so many events, and rejects like `stop`. */
  static async records(api: Api, count: number): Promise<void> {
    const witness = await Witness.start(api);
    await eventually(() => witness.answered >= count || witness.failed, { timeoutMs: 60_000, what: `${count} events` });
    await witness.stop();
  }

  /** Rejects if any event was refused, or took longer than a client of ours waits. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async run(api: Api, body: object): Promise<void> {
    while (!this.stopped) {
      recordedId(await api.post('/events', body));
      this.answered += 1;
    }
  }
}
