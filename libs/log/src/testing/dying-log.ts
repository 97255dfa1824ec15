import type { EncodedChange, Position, RawMessage, Topic } from '@logbook/contracts';
import { LogUnavailableError, type Log } from '@logbook/core';

/**
 * A log whose client dies in its `deathAppend`th append (from 1): of each partition some first messages are durable, as
 * `survives` says of each partition, and nobody is told. Later appends are refused.
 */
export function dyingLog(
  log: Log,
  { deathAppend, survives }: { deathAppend: number; survives: (partition: number, messages: number) => number },
): Log {
  let appends = 0;
  const append = async (topic: Topic, messages: readonly (EncodedChange | RawMessage)[]): Promise<Position[]> => {
    if (messages.length > 0) appends += 1;
    if (appends < deathAppend) return log.append(topic, messages);
    if (appends === deathAppend) {
      const partitionOf = (message: EncodedChange | RawMessage): number => log.partitionOf(topic, message.key);
      const counts = new Map<number, number>();
      for (const message of messages) counts.set(partitionOf(message), (counts.get(partitionOf(message)) ?? 0) + 1);
      const left = new Map([...counts].map(([partition, count]) => [partition, survives(partition, count)]));
      const durable = messages.filter((message) => {
        const some = left.get(partitionOf(message)) ?? 0;
        left.set(partitionOf(message), some - 1);
        return some > 0;
      });
      await log.append(topic, durable);
    }
    throw new LogUnavailableError('this client has died');
  };
  return new Proxy(log, {
    get(target, name) {
      if (name === 'append') return append;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
