/**
 * The closed list of what a subscriber measures: type, unit (last in the name) and meaning. Groups, topics and types are few
 * and say nothing about who sends.
 */
export const SUBSCRIBER_METRICS = {
  logbook_subscriber_messages_total: {
    kind: 'counter',
    help: 'Messages a subscriber is through with, by type and outcome (HANDLED, IGNORED, DEAD_LETTERED).',
    labels: ['group', 'type', 'outcome'],
  },
  logbook_subscriber_retries_total: {
    kind: 'counter',
    help: 'Repeated calls of a handler for messages that failed or that wait for a dependency, by type.',
    labels: ['group', 'type'],
  },
  logbook_subscriber_batches_total: {
    kind: 'counter',
    help: 'Batches taken from the log, by topic and outcome (CONSUMED, STALE, INTERRUPTED).',
    labels: ['group', 'topic', 'outcome'],
  },
  logbook_subscriber_batch_duration_seconds: {
    kind: 'histogram',
    help: 'Time from a batch to its checkpoint, retries included, by topic.',
    labels: ['group', 'topic'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
  },
  logbook_subscriber_commits_failed_total: {
    kind: 'counter',
    help: 'Positions that the log did not take; the next one covers them, and a crash before it repeats the batch.',
    labels: ['group', 'topic'],
  },
  logbook_subscriber_lag_messages: {
    kind: 'gauge',
    help: 'Messages between the checkpoint and the end of the partition, as of the last batch.',
    labels: ['group', 'topic', 'partition'],
  },
} as const;

type Names = keyof typeof SUBSCRIBER_METRICS;
type NamesOf<Kind> = { [N in Names]: (typeof SUBSCRIBER_METRICS)[N]['kind'] extends Kind ? N : never }[Names];
type Labels = Readonly<Record<string, string>>;

/** Where a subscriber counts. Called once or a few times a batch; must not throw. */
export interface SubscriberMetrics {
  count(name: NamesOf<'counter'>, labels: Labels, by: number): void;
  set(name: NamesOf<'gauge'>, labels: Labels, value: number): void;
  observe(name: NamesOf<'histogram'>, labels: Labels, value: number): void;
}
