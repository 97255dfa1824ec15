import type { SubscriberMetrics } from '@logbook/core';
import type { Entry } from './admit.js';

export type MessageOutcome = 'HANDLED' | 'IGNORED' | 'DEAD_LETTERED';

/** Counts what became of messages, and hands it on once a batch: counting each alone would cost more than most handlers. */
export class Tally {
  private readonly finishedBy = new Map<MessageOutcome, Map<string, number>>();

  constructor(
    private readonly metrics: SubscriberMetrics | undefined,
    private readonly group: string,
  ) {}

  finished(entry: Entry, outcome: MessageOutcome): void {
    const byType = this.finishedBy.get(outcome) ?? new Map<string, number>();
    this.finishedBy.set(outcome, byType);
    const type = typeOf(entry);
    byType.set(type, (byType.get(type) ?? 0) + 1);
  }

  /** Told at once: retries are rare, and one that lasts is to be seen. */
  retried(entry: Entry): void {
    this.metrics?.count('logbook_subscriber_retries_total', { group: this.group, type: typeOf(entry) }, 1);
  }

  flush(): void {
    for (const [outcome, byType] of this.finishedBy) {
      for (const [type, count] of byType) {
        this.metrics?.count('logbook_subscriber_messages_total', { group: this.group, type, outcome }, count);
      }
    }
    this.finishedBy.clear();
  }
}

/** `poison` for what has no type that can be told. */
function typeOf(entry: Entry): string {
  if (entry.fate === 'HANDLE') return entry.message.type;
  return entry.fate === 'IGNORE' ? entry.type : 'poison';
}
