import { decodeMessage, messageSha256, offset, type Change } from '@logbook/contracts';
import type { Consumption, Log, StartPosition } from '@logbook/core';

/** A service that has a copy of what the feed of changes says: it reads it from the beginning, then follows it. */
export class FeedReader {
  /** By key, what is there now. */
  readonly copy = new Map<string, Change>();
  /** By partition, where it goes on: what such a service keeps with its copy. */
  readonly places = new Map<number, StartPosition>();
  messages = 0;
  private consumption: Consumption | undefined;

  static async start(log: Log): Promise<FeedReader> {
    const reader = new FeedReader();
    await reader.follow(log);
    return reader;
  }

  /** From the beginning, or where it stopped. */
  async follow(log: Log): Promise<void> {
    this.consumption = await log.consume({
      topics: ['changes'],
      consumer: {
        assigned: async ({ partition }) => this.places.get(partition) ?? { next: offset(0) },
        consume: async ({ partition, next, messages }) => {
          for (const message of messages) {
            const decoded = decodeMessage(message);
            if (decoded.outcome !== 'DECODED') throw new Error(decoded.reason);
            const key = String(message.key);
            if (message.value === null) this.copy.delete(key);
            else this.copy.set(key, decoded.message as Change);
          }
          const last = messages.at(-1);
          this.places.set(partition, {
            next,
            last: last && { offset: last.offset, sha256: messageSha256(last) },
          });
          this.messages += messages.length;
          return 'CONSUMED';
        },
      },
    });
  }

  async stop(): Promise<void> {
    await this.consumption?.stop();
  }
}
