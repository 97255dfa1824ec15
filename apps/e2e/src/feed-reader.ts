import { decodeMessage, offset, type Change } from '@logbook/contracts';
import type { Consumption, Log } from '@logbook/core';

/** A service that has a copy of what the feed of changes says: it reads it from the beginning, then follows it. */
export class FeedReader {
  /** By key, what is there now. */
  readonly copy = new Map<string, Change>();
  messages = 0;
  private consumption: Consumption | undefined;

  static async start(log: Log): Promise<FeedReader> {
    const reader = new FeedReader();
    reader.consumption = await log.consume({
      topics: ['changes'],
      consumer: {
        assigned: async () => ({ next: offset(0) }),
        consume: async ({ messages }) => {
          for (const message of messages) {
            const decoded = decodeMessage(message);
            if (decoded.outcome !== 'DECODED') throw new Error(decoded.reason);
            const key = String(message.key);
            if (message.value === null) reader.copy.delete(key);
            else reader.copy.set(key, decoded.message as Change);
          }
          reader.messages += messages.length;
          return 'CONSUMED';
        },
      },
    });
    return reader;
  }

  async stop(): Promise<void> {
    await this.consumption?.stop();
  }
}
