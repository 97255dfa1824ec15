import { SUBSCRIBER_METRICS } from '@logbook/core';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

interface Definition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

/**
 * The closed list of metrics: type, unit (last in the name) and meaning. None is labelled with a tenant,
 * a name or an id, so what is exported stays bounded and says nothing about who sends.
 */
export const METRICS = {
  logbook_http_requests_total: {
    kind: 'counter',
    help: 'Requests answered, by operation and status code.',
    labels: ['operation', 'status'],
  },
  logbook_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time from the request line to the end of the answer, by operation.',
    labels: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  logbook_events_accepted_total: {
    kind: 'counter',
    help: 'Events the log acknowledged, or the spool while the log was away.',
    labels: [],
  },
  logbook_registrations_appended_total: {
    kind: 'counter',
    help: 'Register commands appended because a name was in no cache, by kind. Redundant ones are harmless.',
    labels: ['kind'],
  },
  logbook_spool_mode: {
    kind: 'gauge',
    help: '1 for where accepted messages go now: DIRECT (the log), SPOOLING (the log is away), DRAINING; 0 for the others.',
    labels: ['mode'],
  },
  logbook_spool_messages: {
    kind: 'gauge',
    help: 'Messages in the spool that wait for the log.',
    labels: [],
  },
  logbook_spool_bytes: {
    kind: 'gauge',
    help: 'Bytes of the messages in the spool, refused ones included; LOGBOOK_SPOOL_BYTES_MAX bounds them.',
    labels: [],
  },
  logbook_spool_parked_messages: {
    kind: 'gauge',
    help: 'Messages that the log refused for good, kept aside in the spool.',
    labels: [],
  },
  logbook_spooled_messages_total: {
    kind: 'counter',
    help: 'Messages that went to the spool because the log was away.',
    labels: [],
  },
  logbook_spool_drained_messages_total: {
    kind: 'counter',
    help: 'Messages that the log took from the spool; a repeated one counts again.',
    labels: [],
  },
  logbook_reads_unavailable_total: {
    kind: 'counter',
    help: 'Reads answered 503 because the projection was away or behind.',
    labels: [],
  },
  logbook_projected_messages_total: {
    kind: 'counter',
    help: 'Messages whose effects are committed, by topic.',
    labels: ['topic'],
  },
  logbook_projected_batches_total: {
    kind: 'counter',
    help: 'Batches handed to the batch writer, by topic and outcome (CONSUMED, STALE).',
    labels: ['topic', 'outcome'],
  },
  logbook_projection_lag_messages: {
    kind: 'gauge',
    help: 'Messages between the checkpoint and the end of the partition, by generation, as of a few seconds ago.',
    labels: ['generation', 'topic', 'partition'],
  },
  logbook_messages_skipped_total: {
    kind: 'counter',
    help: 'Messages that Postgres alone refused and that every replay now leaves out, by topic.',
    labels: ['topic'],
  },
  logbook_dead_letters_published_total: {
    kind: 'counter',
    help: 'Dead letters appended to the topic of dead letters, by topic of the original and step (decode, apply).',
    labels: ['topic', 'step'],
  },
  logbook_changes_published_total: {
    kind: 'counter',
    help: 'Messages published to the feed of changes.',
    labels: [],
  },
  logbook_changes_lag_messages: {
    kind: 'gauge',
    help: 'Commands that are projected and whose changes are not published yet, by partition of the commands.',
    labels: ['partition'],
  },
  ...SUBSCRIBER_METRICS,
} as const satisfies Record<string, Definition>;

export type MetricName = keyof typeof METRICS;
type NamesOf<K extends Definition['kind']> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricName];
type LabelsOf<N extends MetricName> = Record<(typeof METRICS)[N]['labels'][number], string>;

/** The metrics of one process. A name or label outside the list does not compile. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly counters = new Map<string, Counter>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly histograms = new Map<string, Histogram>();

  constructor(options: { defaults: boolean }) {
    if (options.defaults) collectDefaultMetrics({ register: this.registry });
    for (const [name, definition] of Object.entries<Definition>(METRICS)) this.declare(name, definition);
  }

  private declare(name: string, { kind, help, labels, buckets }: Definition): void {
    const common = { name, help, labelNames: [...labels], registers: [this.registry] };
    if (kind === 'counter') this.counters.set(name, new Counter(common));
    else if (kind === 'gauge') this.gauges.set(name, new Gauge(common));
    else this.histograms.set(name, new Histogram({ ...common, ...(buckets && { buckets: [...buckets] }) }));
  }

  count<N extends NamesOf<'counter'>>(name: N, labels: LabelsOf<N>, by = 1): void {
    this.counters.get(name)?.inc(labels, by);
  }

  set<N extends NamesOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void {
    this.gauges.get(name)?.set(labels, value);
  }

  /** Ends the series of a gauge that have these labels: what they were about is gone. */
  async forget<N extends NamesOf<'gauge'>>(name: N, labels: Partial<LabelsOf<N>>): Promise<void> {
    const gauge = this.gauges.get(name);
    for (const { labels: has } of (await gauge?.get())?.values ?? []) {
      if (Object.entries(labels).every(([label, value]) => has[label] === value)) gauge?.remove(has);
    }
  }

  observe<N extends NamesOf<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void {
    this.histograms.get(name)?.observe(labels, value);
  }

  /** Prometheus text, version 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
