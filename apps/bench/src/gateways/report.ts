import type { ComparableReport } from '../compare/compared-ratio.js';
import { originLine, originOf } from '../machine.js';
import { spreadOf, type Spread } from '../statistics.js';
import { showSpread, textTable } from '../text-table.js';
import type { GatewaysSample } from './gateways.bench.js';
import type { GatewaysOptions } from './gateways.options.js';

/** Two gateways divided by one, in the same round. */
export interface GatewaysRatios {
  /** Events a second, on a machine that Kafka and the load generator share. */
  readonly rate: Spread;
  /**
   * Events a second of two gateways that have a processor each, by one that has one: twice what one second of processor
   * time accepts with two, by what it accepts with one. Taken out is all that Kafka and the generator need; assumed is that
   * a processor of its own costs a gateway no more than a part of two.
   */
  readonly ownProcessors: Spread;
  /** What one second of processor time of everything together accepts: 1 where the second gateway costs nothing aside. */
  readonly wholePerCpuSecond: Spread;
}

export interface GatewaysReport extends ComparableReport {
  readonly benchmark: 'gateways';
  readonly settings: Pick<GatewaysOptions, 'rounds' | 'seconds'>;
  readonly ratios: GatewaysRatios;
  /** Of `ownProcessors`, at least. */
  readonly goal: 1.6;
  readonly samples: readonly GatewaysSample[];
}

const wholeUs = ({ gatewayUs, kafkaUs, generatorUs }: GatewaysSample): number => gatewayUs + kafkaUs + generatorUs;

export function gatewaysRatios(samples: readonly GatewaysSample[]): GatewaysRatios {
  const pairs = samples.flatMap((two) => {
    const one = samples.find(({ round, gateways }) => round === two.round && gateways === 1);
    return two.gateways === 2 && one !== undefined ? [{ one, two }] : [];
  });
  return {
    rate: spreadOf(pairs.map(({ one, two }) => two.eventsPerSecond / one.eventsPerSecond)),
    ownProcessors: spreadOf(pairs.map(({ one, two }) => (2 * one.gatewayUs) / two.gatewayUs)),
    wholePerCpuSecond: spreadOf(pairs.map(({ one, two }) => wholeUs(one) / wholeUs(two))),
  };
}

export function buildGatewaysReport(
  { rounds, seconds }: GatewaysOptions,
  samples: readonly GatewaysSample[],
  date: Date,
): GatewaysReport {
  const ratios = gatewaysRatios(samples);
  return {
    benchmark: 'gateways',
    ...originOf(date, ['kafkajs', '@nestjs/core', '@logbook/gateway']),
    settings: { rounds, seconds },
    compared: [
      { name: 'two gateways / one: events/s with a processor each', better: 'HIGHER', spread: ratios.ownProcessors },
      { name: 'two gateways / one: events per CPU second', better: 'HIGHER', spread: ratios.wholePerCpuSecond },
    ],
    ratios,
    goal: 1.6,
    samples,
  };
}

/** A table for people: medians (least to most of the rounds). */
export function renderGatewaysReport({ settings, ratios, goal, samples, ...origin }: GatewaysReport): string {
  const cells = ([1, 2] as const).map((gateways) => {
    const group = samples.filter((sample) => sample.gateways === gateways);
    const of = (valueOf: (sample: GatewaysSample) => number, digits: number): string =>
      showSpread(spreadOf(group.map(valueOf)), digits);
    return [
      String(gateways),
      of(({ eventsPerSecond }) => eventsPerSecond, 0),
      of(({ gatewayUs }) => gatewayUs, 1),
      of(({ kafkaUs }) => kafkaUs, 1),
      of(({ generatorUs }) => generatorUs, 1),
      of((sample) => (sample.gatewayUs * sample.eventsPerSecond) / 1e6, 2),
      of((sample) => (wholeUs(sample) * sample.eventsPerSecond) / 1e6, 2),
    ];
  });
  const headings = ['gateways', 'events/s', 'CPU µs an event: gateways', 'Kafka', 'generator'];
  return `${[
    originLine(origin),
    `${settings.rounds} rounds of ${settings.seconds} s; medians (least–most)`,
    '',
    ...textTable([...headings, 'processors busy: gateways', 'all'], cells),
    '',
    `two gateways / one: events/s ${showSpread(ratios.rate, 2)}, a processor each ${showSpread(ratios.ownProcessors, 2)} (goal ${goal}), per CPU second of everything ${showSpread(ratios.wholePerCpuSecond, 2)}`,
  ].join('\n')}\n`;
}
