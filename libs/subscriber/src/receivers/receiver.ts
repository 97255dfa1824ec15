import type { Topic } from '@logbook/contracts';
import type { Log, PartitionConsumer } from '@logbook/core';
import type { MessageHandler } from '@nestjs/microservices';

/** Who consumes. */
export interface Membership {
  readonly log: Log;
  /** The group as its owner names it; each topic has a group of its own, `<group>-<topic>`. */
  readonly group: string;
}

/** What stands between the log and Nest's handlers. */
export interface Receiver {
  /**
   * The consumer of each topic, made of the handlers by their patterns.
   * @throws Error that names every handler that is missing, twice there, or for nothing that is consumed.
   */
  consumers(
    handlers: ReadonlyMap<string, MessageHandler>,
    membership: Membership,
  ): ReadonlyMap<Topic, PartitionConsumer>;
}

export const groupOf = (group: string, topic: Topic): string => `${group}-${topic}`;

export function refuseIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`the handlers do not match what is consumed: ${problems.join('; ')}`);
}
