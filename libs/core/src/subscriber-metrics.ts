/**
 * The closed list of what a subscriber measures: type, unit (last in the name) and meaning. Groups, topics and types are few
 * and say nothing about who sends.
 */
export const SUBSCRIBER_METRICS = {
  logbook_subscriber_messages_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Messages a subscriber is through with, by type and outcome (HANDLED, IGNORED, DEAD_LETTERED).',
    labels: ['group', 'type', 'outcome'],
    by: 'subscriber',
    worry: 'it stands still while logbook_subscriber_lag_messages is not 0; any DEAD_LETTERED',
  },
  logbook_subscriber_retries_total: {
    kind: 'counter',
    unit: 'calls',
    help: 'Repeated calls of a handler for messages that failed or that wait for a dependency, by type.',
    labels: ['group', 'type'],
    by: 'subscriber',
    worry: 'it grows for minutes: a handler fails, or what it depends on is away',
  },
  logbook_subscriber_batches_total: {
    kind: 'counter',
    unit: 'batches',
    help: 'Batches taken from the log, by topic and outcome (CONSUMED, STALE, INTERRUPTED).',
    labels: ['group', 'topic', 'outcome'],
    by: 'subscriber',
    worry: 'STALE again and again: two members believe that they own a partition',
  },
  logbook_subscriber_batch_duration_seconds: {
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time from a batch to its checkpoint, retries included, by topic.',
    labels: ['group', 'topic'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
    by: 'subscriber',
    worry: 'the 99th percentile in seconds: the handler is slow',
  },
  logbook_subscriber_commits_failed_total: {
    kind: 'counter',
    unit: 'commits',
    help: 'Positions that the log did not take; the next one covers them, and a crash before it repeats the batch.',
    labels: ['group', 'topic'],
    by: 'subscriber',
    worry: 'it grows for minutes: a restart would repeat everything since',
  },
  logbook_subscriber_lag_messages: {
    kind: 'gauge',
    unit: 'messages',
    help: 'Messages between the checkpoint and the end of the partition, as of the last batch.',
    labels: ['group', 'topic', 'partition'],
    by: 'subscriber',
    worry: 'it grows for minutes',
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
