import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS, PROCESS_METRICS } from '@logbook/observability';
import { parse } from 'yaml';
import { type Expression, readPromql } from './promql.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity?: string };
  readonly annotations: { readonly summary?: string; readonly runbook_url?: string };
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const ROOT = join(__dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const { groups } = parse(read('deploy/observability/alerts.yml')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('deploy/observability/dashboard.json')) as { readonly panels: readonly Panel[] };
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const targets = panels.flatMap((panel) => panel.targets ?? []);

/** Labels that Prometheus gives every series it scrapes. */
const OF_THE_TARGET = ['job', 'instance'];

/** By the name of a series, as Prometheus stores it: its labels. */
const SERIES = new Map<string, readonly string[]>([['up', OF_THE_TARGET]]);
for (const [name, { kind, labels }] of Object.entries(METRICS)) {
  const all = [...labels, ...OF_THE_TARGET];
  if (kind !== 'histogram') SERIES.set(name, all);
  else {
    SERIES.set(`${name}_bucket`, [...all, 'le']);
    for (const suffix of ['_sum', '_count']) SERIES.set(`${name}${suffix}`, all);
  }
}
for (const name of Object.keys(PROCESS_METRICS)) SERIES.set(name, OF_THE_TARGET);

/** With what Grafana puts in place of its own variable. */
const readExpression = (expression: string): Expression => readPromql(expression.replaceAll('$__rate_interval', '5m'));

/** What an expression asks for that nothing exports. */
function unknownIn(expression: string): string[] {
  const { selections, grouping } = readExpression(expression);
  const known = selections.flatMap(({ metric }) => SERIES.get(metric) ?? []);
  return [
    ...selections.filter(({ metric }) => !SERIES.has(metric)).map(({ metric }) => metric),
    ...selections.flatMap(({ metric, labels }) =>
      labels.filter((label) => !SERIES.get(metric)?.includes(label)).map((label) => `${metric}{${label}}`),
    ),
    ...grouping.filter((label) => !known.includes(label)),
  ];
}

/** The labels that the result of an expression can have. */
function labelsLeftBy(expression: string): readonly string[] {
  const { selections, grouping } = readExpression(expression);
  const isAggregated = /\b(sum|max|min|avg|histogram_quantile)\b/.test(expression);
  return isAggregated ? grouping : selections.flatMap(({ metric }) => SERIES.get(metric) ?? []);
}

describe('unknownIn, which finds what nothing exports', () => {
  it('finds a metric, a label and a grouping that do not exist', () => {
    expect(unknownIn('rate(logbook_event_total[5m])')).toEqual(['logbook_event_total']);
    expect(unknownIn('logbook_spool_mode{modus="DIRECT"}')).toEqual(['logbook_spool_mode{modus}']);
    expect(unknownIn('sum by (tenant) (logbook_spool_mode)')).toEqual(['tenant']);
    expect(unknownIn('logbook_http_request_duration_seconds{le="1"}')).toEqual([
      'logbook_http_request_duration_seconds',
      'logbook_http_request_duration_seconds{le}',
    ]);
  });

  it('throws for what is no PromQL', () => {
    for (const wrong of ['sum by (a (b)', 'rate(logbook_spool_bytes[5m]', 'logbook_spool_bytes >', '']) {
      expect(() => unknownIn(wrong)).toThrow('no PromQL');
    }
  });
});

describe('deploy/observability/alerts.yml', () => {
  it.each(rules)('$alert asks for what is exported', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  it.each(rules)('$alert says what it is about, how bad that is, and what to do', ({ alert, labels, annotations }) => {
    expect(alert).toMatch(/^Logbook[A-Z][A-Za-z]+$/);
    expect(labels.severity).toMatch(/^(critical|warning)$/);
    expect(annotations.summary).toMatch(/\S/);
    expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  });

  it.each(rules)('the summary of $alert names labels that its expression leaves', ({ expr, annotations }) => {
    for (const [, label] of annotations.summary?.matchAll(/\$labels\.(\w+)/g) ?? []) {
      expect(labelsLeftBy(expr)).toContain(label);
    }
  });

  it('has a paragraph in docs/operations.md for each, and no other', () => {
    const page = read('docs/operations.md');
    const paragraphs = [...page.matchAll(/^### (Logbook\w+)\n\n(.+)/gm)];
    expect(paragraphs.map(([, name]) => name).sort()).toEqual(rules.map(({ alert }) => alert).sort());
    for (const [, , text] of paragraphs) expect(text?.length).toBeGreaterThan(40);
  });
});

describe('deploy/observability/dashboard.json', () => {
  it.each(targets)('reads what is exported: $expr', ({ expr, legendFormat }) => {
    expect(unknownIn(expr)).toEqual([]);
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(labelsLeftBy(expr)).toContain(label);
  });

  it('shows every metric of the list', () => {
    const shown = targets.flatMap(({ expr }) =>
      readExpression(expr).selections.map(({ metric }) => metric.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(Object.keys(METRICS).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('has panels with a title and something to show', () => {
    for (const { title, targets: shown } of panels) {
      expect(title).toMatch(/\S/);
      expect(shown?.length).toBeGreaterThan(0);
    }
  });
});

describe('deploy/observability/prometheus.yml', () => {
  it('scrapes the jobs that alerts and dashboard name, and loads the rules', () => {
    const { rule_files, scrape_configs } = parse(read('deploy/observability/prometheus.yml')) as {
      readonly rule_files: readonly string[];
      readonly scrape_configs: readonly { readonly job_name: string }[];
    };
    expect(rule_files).toEqual(['alerts.yml']);
    expect(scrape_configs.map(({ job_name }) => job_name)).toEqual([
      'logbook-gateway',
      'logbook-projector',
      'logbook-usage',
    ]);
  });
});

describe('the closed list of metrics', () => {
  it('holds nothing that nobody records', () => {
    const sources = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\/src\/.*\.ts$/.test(name) && !/(\.spec|metric-list|subscriber-metrics)\.ts$/.test(name))
        .map((name) => read(join(folder, name))),
    );
    const recorded = new Set(sources.flatMap((source) => source.match(/'logbook_\w+'/g) ?? []));
    expect(Object.keys(METRICS).filter((name) => !recorded.has(`'${name}'`))).toEqual([]);
  });
});
