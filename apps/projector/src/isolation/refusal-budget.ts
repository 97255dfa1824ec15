import type { Topic } from '@logbook/contracts';
import type { SkipList } from '@logbook/core';

/** "A few": more messages than this are not at fault, but a dependency or our code is. */
export const REFUSALS_MAX = 5;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface RefusalBudgetOptions {
  readonly skips: SkipList;
  readonly now: () => number;
}

/**
 * How many messages may still be skipped. It counts in `control`, so that neither a restart nor another projector begins
 * to count anew: at most five within a minute, and within an hour as long as Postgres has shown no sign of taking
 * messages of the topic at all. Else a trickle of messages that are all refused would be skipped one by one for ever.
 */
export class RefusalBudget {
  private readonly taken = new Set<Topic>();

  constructor(private readonly options: RefusalBudgetOptions) {}

  /** Postgres took a message of the topic. */
  took(topic: Topic): void {
    this.taken.add(topic);
  }

  /** Whether Postgres took a message of the topic since one was skipped. */
  tookLately(topic: Topic): boolean {
    return this.taken.has(topic);
  }

  /** A message of the topic was skipped. */
  skipped(topic: Topic): void {
    this.taken.delete(topic);
  }

  /** Why no more may be skipped; `undefined` if one may. `takesOthers`: Postgres has just taken another message of the topic. */
  exhausted(topic: Topic, { takesOthers }: { readonly takesOthers: boolean }): string | undefined {
    const { skips, now } = this.options;
    const isHealthy = takesOthers || this.taken.has(topic);
    const spent = skips.countSince(now() - (isHealthy ? MINUTE_MS : HOUR_MS));
    if (spent < REFUSALS_MAX) return undefined;
    return isHealthy
      ? `${spent} messages were skipped within the last minute`
      : `${spent} messages were skipped within the last hour, and none of ${topic} was taken since`;
  }
}
