import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Definition, type MetricName, METRICS } from './metric-list.js';

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
