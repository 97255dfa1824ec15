import type { EncodedMessage, RawMessage, Topic } from '@logbook/contracts';

import { LogMismatchError } from '@logbook/core';

/** A header whose value is null is read, but kafkajs fails half-way through a request when it is to write one. */
export function requireWritable(topic: Topic, messages: readonly (EncodedMessage | RawMessage)[]): void {
  messages.forEach(({ headers }, index) => {
    for (const name in headers) {
      const value: unknown = headers[name];
      if (value === null || (Array.isArray(value) && value.includes(null))) {
        throw new LogMismatchError(
          `message ${index + 1} of ${messages.length} for ${topic} has a header ${JSON.stringify(name)} without a value, ` +
            'which the Kafka client cannot write: a foreign producer wrote it; keep this log where it is, or in an embedded one',
        );
      }
    }
  });
}
