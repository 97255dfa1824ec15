import type { GatewaysSample } from './gateways.bench.js';
import { readGatewaysOptions } from './gateways.options.js';
import { buildGatewaysReport, gatewaysRatios, renderGatewaysReport } from './report.js';

const sample = (round: number, gateways: 1 | 2, eventsPerSecond: number, gatewayUs: number): GatewaysSample => ({
  ...{ round, gateways, eventsPerSecond, gatewayUs, events: 1_000 },
  ...{ kafkaUs: 60, generatorUs: 40 },
});

describe('the report of two gateways', () => {
  const samples = [
    sample(1, 1, 4_000, 100),
    sample(1, 2, 5_000, 125),
    sample(2, 1, 2_000, 200),
    sample(2, 2, 3_000, 200),
  ];

  it('compares two with one of the same round: rates, what a processor each accepts, what everything costs', () => {
    const { rate, ownProcessors, wholePerCpuSecond } = gatewaysRatios(samples);
    expect([rate.min, rate.max]).toEqual([1.25, 1.5]);
    expect([ownProcessors.min, ownProcessors.max]).toEqual([1.6, 2]);
    expect([wholePerCpuSecond.min, wholePerCpuSecond.max]).toEqual([200 / 225, 1]);
  });

  it('prints how many processors the gateways and everything kept busy', () => {
    const text = renderGatewaysReport(buildGatewaysReport(readGatewaysOptions([]), samples, new Date('2026-01-01')));
    expect(text).toMatch(/^1 +3000 .* 0\.40 \(0\.40–0\.40\) +0\.70 \(0\.60–0\.80\)$/m);
    expect(text).toContain('a processor each 1.80 (1.60–2.00) (goal 1.6)');
  });
});
