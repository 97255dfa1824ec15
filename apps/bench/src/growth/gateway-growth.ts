import type { WireRequest } from '../cost/connection.js';
import { runLoad } from '../cost/load.js';
import { BATCH_CONCURRENCY, CONCURRENCY, DISTINCT_EVENTS, requestsOf, type Client } from '../cost/scenarios.js';
import { processorTimeUs } from '../processor-time.js';
import { startBareHttp } from '../servers/start-bare-http.js';
import {
  fingerprintOf,
  processOf,
  startSystem,
  type CountedProcess,
  type SystemUnderTest,
} from '../servers/system-under-test.js';
import type { Dimension, GrowthSample } from './dimensions.js';
import { fillCache, peopleRegistered, requestsOfKnownNames } from './known-names.js';

export type GatewayDimension = Exclude<Dimension, 'rows'>;

export interface GatewayGrowthOptions {
  readonly sizes: Readonly<Record<GatewayDimension, readonly number[]>>;
  readonly dimensions: readonly GatewayDimension[];
  readonly rounds: number;
  /** Of one measurement. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Until the gateway remembers of many names as many as it can. */
  readonly namesWarmUpSeconds: number;
}

/** A server under load, and the processes whose time is counted, by the series they make. */
interface Measured {
  readonly dimension: GatewayDimension;
  readonly size: number;
  readonly port: number;
  readonly concurrency: number;
  readonly requests: readonly WireRequest[] | (() => WireRequest);
  readonly counted: readonly { readonly series: string; readonly process: CountedProcess }[];
}

type Say = (sentence: string) => void;

export async function measureGateway(options: GatewayGrowthOptions, say: Say): Promise<GrowthSample[]> {
  say('starting servers');
  const bare = await startBareHttp();
  try {
    const system = await startSystem('kafka', { projecting: false });
    try {
      const client = { apiKey: system.apiKey, fingerprintId: await fingerprintOf(system) };
      const onBoth = (dimension: 'batch' | 'body', load: Load): Measured[] => [
        { dimension, ...load, port: portOf(bare.url), counted: [{ series: 'bare HTTP', process: bare }] },
        { dimension, ...load, port: portOf(system.url), counted: counted(system, ['gateway', 'Kafka']) },
      ];
      const samples: GrowthSample[] = [];
      const { dimensions, sizes } = options;
      if (dimensions.includes('batch')) {
        const measured = sizes.batch.flatMap((size) => onBoth('batch', batchLoad(size, client)));
        samples.push(...(await rounds(measured, options, say)));
      }
      if (dimensions.includes('body')) {
        const measured = sizes.body.flatMap((size) => onBoth('body', bodyLoad(size, client)));
        samples.push(...(await rounds(measured, options, say)));
      }
      if (dimensions.includes('names')) samples.push(...(await measureNames(system, client, options, say)));
      return samples;
    } finally {
      await system.stop();
    }
  } finally {
    await bare.stop();
  }
}

type Load = Pick<Measured, 'size' | 'concurrency' | 'requests'>;

const portOf = (url: string): number => Number(new URL(url).port);
const counted = (system: SystemUnderTest, names: readonly string[]): Measured['counted'] =>
  names.map((name) => ({ series: name, process: processOf(system, name) }));

const LARGE_BATCH_EVENTS = 1_000;
const LARGE_BATCH_CONCURRENCY = 2;

function batchLoad(size: number, client: Client): Load {
  const concurrency = size >= LARGE_BATCH_EVENTS ? LARGE_BATCH_CONCURRENCY : BATCH_CONCURRENCY;
  return { size, concurrency, requests: requestsOf({ eventsPerRequest: size, keepAlive: true }, client) };
}

/** What of a body of the benchmarks is no words, and what each word of question and answer adds, in bytes. */
const BODY_FRAME_BYTES = 770;
const WORD_PAIR_BYTES = 14;
/** Of large bodies fewer differ: all of them together are some megabytes, whatever their size. */
const DISTINCT_BYTES = 6_000_000;

function bodyLoad(size: number, client: Client): Load {
  const words = Math.max(1, Math.round((size - BODY_FRAME_BYTES) / WORD_PAIR_BYTES));
  const distinct = Math.max(2 * CONCURRENCY, Math.min(DISTINCT_EVENTS, Math.ceil(DISTINCT_BYTES / size)));
  const requests = requestsOf({ eventsPerRequest: 1, keepAlive: true }, client, { words, distinct });
  return { size, concurrency: CONCURRENCY, requests };
}

/** Rounds are interleaved: what disturbs the machine for a while disturbs every size. */
async function rounds(measured: readonly Measured[], options: GatewayGrowthOptions, say: Say): Promise<GrowthSample[]> {
  say(`${measured[0]?.dimension}: warming up`);
  for (const each of measured) await runLoad({ ...each, keepAlive: true, seconds: options.warmUpSeconds });
  const samples: GrowthSample[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    say(`${measured[0]?.dimension}: round ${round} of ${options.rounds}`);
    for (const each of measured) samples.push(...(await measure(each, { round, seconds: options.seconds })));
  }
  return samples;
}

async function measure(
  { dimension, size, counted: processes, ...load }: Measured,
  { round, seconds }: { readonly round: number; readonly seconds: number },
): Promise<GrowthSample[]> {
  const usedUs = (): number[] => processes.map(({ process }) => processorTimeUs(process.pid) ?? NaN);
  const before = usedUs();
  const { events } = await runLoad({ ...load, keepAlive: true, seconds });
  const after = usedUs();
  return processes.map(({ series }, index) => ({
    round,
    dimension,
    series,
    size,
    usPerEvent: ((after[index] ?? NaN) - (before[index] ?? NaN)) / events,
  }));
}

/**
 * One size after the other, since what a gateway remembers is shared by all: first the shared cache gets the names, then
 * the gateway's own fills under load.
 */
async function measureNames(
  system: SystemUnderTest,
  client: Client,
  options: GatewayGrowthOptions,
  say: Say,
): Promise<GrowthSample[]> {
  const samples: GrowthSample[] = [];
  for (const size of options.sizes.names) {
    say(`names: the shared cache learns ${size}`);
    await fillCache(system, size);
    const registered = await peopleRegistered(system);
    const measured: Measured = {
      dimension: 'names',
      size,
      port: portOf(system.url),
      concurrency: BATCH_CONCURRENCY,
      requests: requestsOfKnownNames(client, size),
      counted: counted(system, ['gateway', 'Redis']),
    };
    await runLoad({ ...measured, keepAlive: true, seconds: options.namesWarmUpSeconds });
    samples.push(...(await rounds([measured], options, say)));
    if ((await peopleRegistered(system)) !== registered) {
      throw new Error(
        'the gateway registered people that the shared cache was told of: their look-ups were not measured',
      );
    }
  }
  return samples;
}
