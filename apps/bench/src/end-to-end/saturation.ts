import { wireRequest } from '../cost/connection.js';
import { runLoad } from '../cost/load.js';
import { HttpSender } from './http-sender.js';
import { latencyOf, type Latency } from './latency-of.js';
import { openLoop, type OpenLoopResult } from './open-loop.js';
import { CONNECTIONS, type Rig } from './rig.js';

/** What clients bring in that send as fast as answers come. */
export interface Saturation {
  readonly acceptedPerSecond: number;
  /** From the first request until every accepted event was a row. */
  readonly projectedPerSecond: number;
  /** Of answers while nothing was sent and the projection was level, and while nothing was sent and it caught up. */
  readonly answers: { readonly idle: Latency; readonly catchingUp: Latency | null };
}

const ANSWERS_PER_SECOND = 200;
/** One slice of looking at answers while the projection catches up. */
const SLICE_SECONDS = 0.5;
const CATCHING_UP_SLICES_MAX = 10;

export async function saturate(rig: Rig, seconds: number): Promise<Saturation> {
  const idle = latencyOf(await answers(rig, Math.min(seconds, 5)));
  const before = rig.accepted.count;
  const beganMs = performance.now();
  const load = await runLoad({
    port: rig.port,
    concurrency: rig.eventsPerRequest === 1 ? CONNECTIONS : 8,
    keepAlive: true,
    seconds,
    requests: () => rig.requests.next(),
    onAnswer: (body) => rig.accepted.take(body),
  });
  const slices: OpenLoopResult[] = [];
  while (slices.length < CATCHING_UP_SLICES_MAX && rig.lag > 0) {
    const slice = await answers(rig, SLICE_SECONDS);
    // One that ended level says little.
    if (rig.lag > 0) slices.push(slice);
  }
  await rig.level();
  const tookSeconds = (performance.now() - beganMs) / 1_000;
  return {
    acceptedPerSecond: load.events / load.seconds,
    projectedPerSecond: (rig.accepted.count - before) / tookSeconds,
    answers: { idle, catchingUp: slices.length === 0 ? null : latencyOf(...slices) },
  };
}

/** Of requests that touch neither log nor store. */
async function answers({ port, system }: Rig, seconds: number): Promise<OpenLoopResult> {
  const { apiKey } = system;
  const body = Buffer.alloc(0);
  const rest = { events: 0, apiKey, contentType: 'application/json', keepAlive: true };
  const request = wireRequest({ method: 'GET', path: '/health/live', body, ...rest });
  const senders = Array.from({ length: 8 }, () => new HttpSender(port, () => request));
  const sends = senders.map(({ send }) => send);
  const result = await openLoop({ requestsPerSecond: ANSWERS_PER_SECOND, seconds, senders: sends });
  await Promise.all(senders.map((sender) => sender.close()));
  return result;
}
