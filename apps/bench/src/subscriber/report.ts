import type { ComparableReport } from '../compare/compared-ratio.js';
import { originLine, originOf } from '../machine.js';
import { spreadOf, type Spread } from '../statistics.js';
import { showSpread, textTable } from '../text-table.js';
import { SUBJECTS, type Subject, type SubscriberSample } from './subscriber.bench.js';
import type { SubscriberBenchOptions } from './subscriber.options.js';

export interface SubscriberRatio {
  readonly of: Subject;
  readonly to: Subject;
  /** Messages a second of the one divided by those of the other, in the same round. */
  readonly rate: Spread;
  /** The same of messages a second of processor time. */
  readonly cpu: Spread;
  /** For both, at least. */
  readonly goal: number;
}

export interface SubscriberReport extends ComparableReport {
  readonly benchmark: 'subscriber';
  readonly settings: Pick<SubscriberBenchOptions, 'messages' | 'stockMessages' | 'rounds'>;
  readonly ratios: readonly SubscriberRatio[];
  readonly samples: readonly SubscriberSample[];
}

const COMPARED: readonly Pick<SubscriberRatio, 'of' | 'to' | 'goal'>[] = [
  { of: 'subscriber (many)', to: 'bare kafkajs', goal: 0.6 },
  { of: 'subscriber (single)', to: 'bare kafkajs', goal: 0.6 },
  { of: 'subscriber (many)', to: 'stock Nest', goal: 5 },
  { of: 'subscriber (single)', to: 'stock Nest', goal: 5 },
];

const rateOf = ({ eventsPerSecond }: SubscriberSample): number => eventsPerSecond;
const perCpuSecondOf = ({ cpuUsPerEvent }: SubscriberSample): number => 1_000_000 / (cpuUsPerEvent['program'] ?? NaN);

export function subscriberRatios(samples: readonly SubscriberSample[]): SubscriberRatio[] {
  return COMPARED.map((compared) => {
    const quotients = (valueOf: (sample: SubscriberSample) => number): Spread =>
      spreadOf(
        samples
          .filter(({ subject }) => subject === compared.of)
          .map((sample) => {
            const other = samples.find(({ round, subject }) => round === sample.round && subject === compared.to);
            return other === undefined ? NaN : valueOf(sample) / valueOf(other);
          }),
      );
    return { ...compared, rate: quotients(rateOf), cpu: quotients(perCpuSecondOf) };
  });
}

export function buildSubscriberReport(
  { messages, stockMessages, rounds }: SubscriberBenchOptions,
  samples: readonly SubscriberSample[],
  date: Date,
): SubscriberReport {
  const ratios = subscriberRatios(samples);
  return {
    benchmark: 'subscriber',
    ...originOf(date, ['kafkajs', '@nestjs/core', '@nestjs/microservices', '@logbook/subscriber']),
    settings: { messages, stockMessages, rounds },
    compared: ratios.flatMap(({ of, to, rate, cpu }) => [
      { name: `${of} / ${to}: messages/s`, better: 'HIGHER', spread: rate },
      { name: `${of} / ${to}: messages per CPU second`, better: 'HIGHER', spread: cpu },
    ]),
    ratios,
    samples,
  };
}

/** A table for people: medians (least to most of the rounds). */
export function renderSubscriberReport({ settings, ratios, samples, ...origin }: SubscriberReport): string {
  const cells = SUBJECTS.map((subject) => {
    const group = samples.filter((sample) => sample.subject === subject);
    return [
      subject,
      showSpread(spreadOf(group.map(rateOf)), 0),
      showSpread(spreadOf(group.map(({ cpuUsPerEvent }) => cpuUsPerEvent['program'] ?? NaN)), 1),
    ];
  });
  const lines = [
    originLine(origin),
    `${settings.rounds} rounds of ${settings.messages} messages (stock Nest ${settings.stockMessages}); medians (least–most)`,
    '',
    ...textTable(['counted by', 'messages/s', 'CPU us/message'], cells),
    '',
    ...ratios.map(
      ({ of, to, rate, cpu, goal }) =>
        `${of} / ${to}: messages/s ${showSpread(rate, 2)}, per CPU second ${showSpread(cpu, 2)}, goal ${goal}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
