import { randomFillSync } from 'node:crypto';
import { v5, v7 } from 'uuid';
import { eventId, type EventId, type Tenant } from './brands.js';

/** Part of the contract: another value would give a retried event another id. */
const NAMESPACE = '7c278c5a-ed99-406d-8f1f-de2f30b5ad32';

/** A `ce_id` for a message of which a retry need not be recognized: a UUIDv7, so ids sort by time. */
export function newMessageId(): string {
  const random = nextRandom();
  const nowMs = Date.now();
  // 32 bits, begun with 31 random ones: no process makes so many ids in a millisecond that they ran out.
  sequence = nowMs > lastMs ? random.readUInt32BE(6) >>> 1 : sequence + 1;
  lastMs = Math.max(nowMs, lastMs);
  return v7({ random, msecs: lastMs, seq: sequence });
}

/** The id of an event that came without an idempotency key. */
export const newEventId = (): EventId => eventId(newMessageId());

/** Of the last id: those of one millisecond count on, so that ids of a process are in the order they were made. */
let lastMs = 0;
let sequence = 0;

const RANDOM_BYTES = 16;
const pool = Buffer.alloc(512 * RANDOM_BYTES);
let taken = pool.length;

/** Random bytes are drawn for many ids at once: a draw costs more than all else about an id. */
function nextRandom(): Buffer {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += RANDOM_BYTES;
  return pool.subarray(taken - RANDOM_BYTES, taken);
}

/**
 * The id of an event that came with an idempotency key: the same for the same tenant, session (or none) and key,
 * so that however often it is sent it is one event. A UUIDv5 of `[session, key]` as JSON, which keeps the two
 * apart and null from "null", in a namespace of the tenant.
 */
export function idempotentEventId(event: {
  readonly tenant: Tenant;
  readonly session: string | null;
  readonly key: string;
}): EventId {
  return eventId(v5(JSON.stringify([event.session, event.key]), v5(event.tenant, NAMESPACE)));
}
