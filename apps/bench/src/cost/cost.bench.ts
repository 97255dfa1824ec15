import type { Benchmark, CostOptions } from '../options.js';
import { processorTimeUs } from '../processor-time.js';
import { logFileSizes, logGrowth } from '../servers/kafka-log-files.js';
import { startBareHttp } from '../servers/start-bare-http.js';
import { StartedProgram } from '../servers/started-program.js';
import {
  fingerprintOf,
  processOf,
  startSystem,
  type CountedProcess,
  type SystemUnderTest,
} from '../servers/system-under-test.js';
import { runLoad } from './load.js';
import { costScenarios, type Scenario, type Target } from './scenarios.js';
import type { CostSample } from './summary.js';

/**
 * Measures every scenario in turn, round after round: what disturbs the machine for a while disturbs baselines too. No
 * projector runs, so that what is left of the machine goes to what is measured.
 */
export async function measureCost(
  benchmark: Exclude<Benchmark, 'latency'>,
  options: CostOptions,
  say: (sentence: string) => void,
): Promise<CostSample[]> {
  const undo: (() => Promise<void>)[] = [];
  try {
    say('starting servers');
    const system = await startSystem('kafka', { projecting: false });
    undo.push(() => system.stop());
    const targets = await startTargets(system, undo);
    const client = { apiKey: system.apiKey, fingerprintId: await fingerprintOf(system) };
    const scenarios = costScenarios(benchmark, targets, client);
    return await rounds(scenarios, brokerOf(system), options, say);
  } finally {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  }
}

async function startTargets(system: SystemUnderTest, undo: (() => Promise<void>)[]): Promise<Target[]> {
  const bare = await startBareHttp();
  undo.push(() => bare.stop());
  const stock = await StartedProgram.start({
    name: 'stock Nest gateway',
    program: new URL('../servers/stock-gateway.server.js', import.meta.url),
    args: [system.brokers ?? '', system.apiKey],
    ready: /^listens on (\S+)/,
  });
  undo.push(() => stock.stop());
  return [
    { server: 'bare HTTP', process: bare },
    { server: 'stock Nest', process: stock },
    { server: 'Logbook', process: { ...processOf(system, 'gateway'), url: system.url } },
  ];
}

/** The broker of what is measured, and where its log grows. */
interface Broker {
  readonly process: CountedProcess;
  readonly logs: string;
}

const brokerOf = (system: SystemUnderTest): Broker => ({
  process: processOf(system, 'Kafka'),
  logs: system.kafkaLogs ?? '',
});

async function rounds(
  scenarios: readonly Scenario[],
  broker: Broker,
  options: CostOptions,
  say: (sentence: string) => void,
): Promise<CostSample[]> {
  say('warming up');
  for (const { port, shape, requests } of scenarios) {
    await runLoad({ ...shape, port, requests, seconds: options.warmUpSeconds });
  }
  const samples: CostSample[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    say(`round ${round} of ${options.rounds}`);
    for (const scenario of scenarios)
      samples.push(await measure(scenario, broker, { round, seconds: options.seconds }));
  }
  return samples;
}

async function measure(
  { server, shape, port, process, requests }: Scenario,
  broker: Broker,
  { round, seconds }: { readonly round: number; readonly seconds: number },
): Promise<CostSample> {
  const usedUs = (): number[] => [process, broker.process].map(({ pid }) => processorTimeUs(pid) ?? Number.NaN);
  const logBefore = logFileSizes(broker.logs);
  const [serverBefore = NaN, kafkaBefore = NaN] = usedUs();
  const load = await runLoad({ ...shape, port, requests, seconds });
  const [serverAfter = NaN, kafkaAfter = NaN] = usedUs();
  const appends = server !== 'bare HTTP';
  const growth = appends ? logGrowth(logBefore, logFileSizes(broker.logs)) : undefined;
  return {
    round,
    server,
    shape: shape.name,
    events: load.events,
    eventsPerSecond: load.events / load.seconds,
    serverUsPerEvent: (serverAfter - serverBefore) / load.events,
    kafkaUsPerEvent: appends ? (kafkaAfter - kafkaBefore) / load.events : null,
    bodyBytesPerEvent: load.bodyBytes / load.events,
    logBytesPerEvent: growth === undefined ? null : growth.bytes / load.events,
    shrink: growth?.shrink ?? null,
  };
}
