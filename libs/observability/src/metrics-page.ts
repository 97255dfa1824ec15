import { type Definition, METRICS, PROCESS_METRICS } from './metric-list.js';

const INTRODUCTION = `<!-- Written by \`npm run docs:metrics\` from libs/observability/src/metric-list.ts; a test compares the two. -->

# Metrics

\`/metrics\` of every service, in the text format of Prometheus, without a key. The list is closed: a name or label outside it does not compile. No
label holds a tenant, a name or an id. \`npm start\` exports what a gateway and a projector do. Alert rules and a dashboard over them lie in
[deploy/observability](../deploy/observability/README.md); what to do about an alert is in [operations.md](operations.md#alerts).`;

const PROCESS_INTRODUCTION = 'From Node, of every service; there are more of these than dashboard and alerts use.';

const GROUPS: Readonly<Record<Definition['by'], string>> = {
  gateway: 'Gateway',
  projector: 'Projector',
  subscriber: 'Subscribers: the usage service, and services of yours',
  'every service': 'Every service',
};

/** `docs/metrics.md`. */
export function metricsPage(): string {
  const groups = Object.entries(GROUPS).map(([by, title]) => {
    const rows = Object.entries<Definition>(METRICS)
      .filter(([, definition]) => definition.by === by)
      .map(([name, { kind, unit, labels, help, worry }]) => [
        code(name),
        kind,
        unit,
        labels.map(code).join(', '),
        help,
        worry,
      ]);
    return `## ${title}\n\n${table(['metric', 'type', 'unit', 'labels', 'what it tells', 'look when'], rows)}`;
  });
  const process = Object.entries(PROCESS_METRICS).map(([name, { help }]) => [code(name), help]);
  const ofTheProcess = `## The process\n\n${PROCESS_INTRODUCTION}\n\n${table(['metric', 'what it tells'], process)}`;
  return `${[INTRODUCTION, ...groups, ofTheProcess].join('\n\n')}\n`;
}

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
