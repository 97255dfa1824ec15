import { SUBSCRIBER_METRICS } from '@logbook/core';

export interface Definition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** What one is; where it is a unit of measurement, the name ends with it. */
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
  /** Who exports it. The standalone server is gateway and projector; a subscriber is the usage service, or one of yours. */
  readonly by: 'gateway' | 'projector' | 'subscriber' | 'every service';
  /** When somebody should look. */
  readonly worry: string;
}

/**
 * The closed list of metrics: type, unit (last in the name) and meaning. None is labelled with a tenant,
 * a name or an id, so what is exported stays bounded and says nothing about who sends.
 */
export const METRICS = {
  logbook_health_check_up: {
    kind: 'gauge',
    unit: '1 or 0',
    help: 'Whether a part is well, by the name /health/ready gives it; live is what /health/live says.',
    labels: ['check'],
    by: 'every service',
    worry: '0 for minutes; live at 0 means that the process must be started again',
  },
  logbook_http_requests_total: {
    kind: 'counter',
    unit: 'requests',
    help: 'Requests answered, by operation and status code; 499 is a client that left before its answer.',
    labels: ['operation', 'status'],
    by: 'gateway',
    worry: 'status 503 or 429 (clients that never retry lose those events), and any 500',
  },
  logbook_http_request_duration_seconds: {
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time from the request line to the end of the answer, by operation.',
    labels: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    by: 'gateway',
    worry: 'the 99th percentile of POST /api/v1/events past 0.5 s: the log answers slowly, or there is too much to do',
  },
  logbook_events_accepted_total: {
    kind: 'counter',
    unit: 'events',
    help: 'Events the log acknowledged, or the spool while the log was away.',
    labels: [],
    by: 'gateway',
    worry: 'it stands still while applications run',
  },
  logbook_registrations_appended_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Register commands appended because a name was in no cache, by kind. Redundant ones are harmless.',
    labels: ['kind'],
    by: 'gateway',
    worry: 'as many as events: an application makes up a name for each call, or Redis forgets',
  },
  logbook_cache_lookups_total: {
    kind: 'counter',
    unit: 'facts',
    help: 'Facts asked of Redis because this process did not know them, by outcome (HIT, MISS); one that is away misses.',
    labels: ['outcome'],
    by: 'gateway',
    worry: 'MISS grows with the events: names are registered again and again',
  },
  logbook_spool_mode: {
    kind: 'gauge',
    unit: '1 or 0',
    help: '1 for where accepted messages go now: DIRECT (the log), SPOOLING (the log is away), DRAINING; 0 for the others.',
    labels: ['mode'],
    by: 'gateway',
    worry: 'SPOOLING: Kafka is away',
  },
  logbook_spool_messages: {
    kind: 'gauge',
    unit: 'messages',
    help: 'Messages in the spool that wait for the log.',
    labels: [],
    by: 'gateway',
    worry: 'it does not fall while the mode is DRAINING',
  },
  logbook_spool_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Bytes of the messages in the spool, refused ones included; LOGBOOK_SPOOL_BYTES_MAX bounds them.',
    labels: [],
    by: 'gateway',
    worry: 'half of logbook_spool_limit_bytes; at the limit events are refused',
  },
  logbook_spool_limit_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'LOGBOOK_SPOOL_BYTES_MAX of this gateway; 0 where the log is embedded and there is no spool.',
    labels: [],
    by: 'gateway',
    worry: 'never by itself',
  },
  logbook_spool_oldest_age_seconds: {
    kind: 'gauge',
    unit: 'seconds',
    help: 'How long the oldest message in the spool has waited for the log; 0 where none waits.',
    labels: [],
    by: 'gateway',
    worry: 'minutes: until the spool is drained, reads do not show what it holds',
  },
  logbook_spool_parked_messages: {
    kind: 'gauge',
    unit: 'messages',
    help: 'Messages that the log refused for good, kept aside in the spool.',
    labels: [],
    by: 'gateway',
    worry: 'any',
  },
  logbook_spooled_messages_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Messages that went to the spool because the log was away.',
    labels: [],
    by: 'gateway',
    worry: 'it grows: Kafka is away, or slower than the hold',
  },
  logbook_spool_drained_messages_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Messages that the log took from the spool; a repeated one counts again.',
    labels: [],
    by: 'gateway',
    worry: 'it stands still while the mode is DRAINING',
  },
  logbook_data_disk_free_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Free room on the disk of LOGBOOK_DATA_DIR for a user who is not root; 0 where the disk does not say.',
    labels: [],
    by: 'gateway',
    worry: 'less than the spool may still need; below 16 MiB nothing is written any more',
  },
  logbook_store_connections: {
    kind: 'gauge',
    unit: 'connections',
    help: 'Connections to PostgreSQL, by state (IDLE, BUSY), and requests that wait for one (WAITING).',
    labels: ['state'],
    by: 'every service',
    worry: 'WAITING above 0 for minutes: PostgreSQL is slower than what is asked of it',
  },
  logbook_projected_messages_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Messages whose effects are committed, by topic.',
    labels: ['topic'],
    by: 'projector',
    worry: 'it stands still while logbook_projection_lag_messages is not 0',
  },
  logbook_projected_batches_total: {
    kind: 'counter',
    unit: 'batches',
    help: 'Batches handed to the batch writer, by topic and outcome (CONSUMED, STALE).',
    labels: ['topic', 'outcome'],
    by: 'projector',
    worry: 'STALE again and again: two projectors believe that they own a partition',
  },
  logbook_projected_batch_duration_seconds: {
    kind: 'histogram',
    unit: 'seconds',
    help: 'Time from a batch to its commit, by topic; one that failed or came to nothing counts too.',
    labels: ['topic'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    by: 'projector',
    worry: 'the 99th percentile in seconds: PostgreSQL is slow or locked',
  },
  logbook_projection_lag_messages: {
    kind: 'gauge',
    unit: 'messages',
    help: 'Messages between the checkpoint and the end of a partition held here, by generation, as of a few seconds ago.',
    labels: ['generation', 'topic', 'partition'],
    by: 'projector',
    worry: 'it grows for minutes: reads show an old state, and PUT and PATCH time out',
  },
  logbook_projection_partitions: {
    kind: 'gauge',
    unit: 'partitions',
    help: 'Partitions this process projects, by generation and topic; over all projectors those of the topic, each once.',
    labels: ['generation', 'topic'],
    by: 'projector',
    worry: 'the sum over all projectors falls: nobody follows what is missing',
  },
  logbook_generation_state: {
    kind: 'gauge',
    unit: '1 or 0',
    help: '1 for how a generation fares in this process: FOLLOWING, HALTED, NOT_CARRIED (another release folds it).',
    labels: ['generation', 'state'],
    by: 'projector',
    worry: 'HALTED',
  },
  logbook_messages_skipped_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Messages that Postgres alone refused and that every replay now leaves out, by topic.',
    labels: ['topic'],
    by: 'projector',
    worry: 'any',
  },
  logbook_dead_letters_published_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Dead letters appended to the topic of dead letters, by topic of the original and step (decode, apply).',
    labels: ['topic', 'step'],
    by: 'projector',
    worry: 'any',
  },
  logbook_changes_published_total: {
    kind: 'counter',
    unit: 'messages',
    help: 'Messages published to the feed of changes.',
    labels: [],
    by: 'projector',
    worry: 'it stands still while logbook_changes_lag_messages is not 0',
  },
  logbook_changes_lag_messages: {
    kind: 'gauge',
    unit: 'messages',
    help: 'Commands that are projected and whose changes are not published yet, by partition of the commands.',
    labels: ['partition'],
    by: 'projector',
    worry: 'it grows for minutes: subscribers see old agents, versions and people',
  },
  ...SUBSCRIBER_METRICS,
} as const satisfies Record<string, Definition>;

export type MetricName = keyof typeof METRICS;

/** What Node and prom-client tell of every process, as far as dashboard and alerts use it. */
export const PROCESS_METRICS = {
  process_start_time_seconds: { labels: [], help: 'When the process started, in Unix seconds.' },
  process_cpu_seconds_total: { labels: [], help: 'Processor time it took.' },
  process_resident_memory_bytes: { labels: [], help: 'Memory it holds.' },
  nodejs_heap_size_used_bytes: { labels: [], help: 'Of that, objects of JavaScript.' },
  nodejs_external_memory_bytes: { labels: [], help: 'Of that, buffers: bodies and messages.' },
  nodejs_eventloop_lag_p99_seconds: {
    labels: [],
    help: 'How late timers are, at the 99th percentile since the last scrape.',
  },
} as const satisfies Record<string, { readonly labels: readonly string[]; readonly help: string }>;
