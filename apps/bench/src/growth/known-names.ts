import { redisFactCache } from '@logbook/cache';
import { tenant } from '@logbook/contracts';
import { personFact } from '@logbook/core';
import { eventually, randomFrom } from '@logbook/testing';
import { wireRequest, type WireRequest } from '../cost/connection.js';
import type { Client } from '../cost/scenarios.js';
import { chatCompletionBody, SMALL_CHAT_WORDS } from '../payloads/chat-completion.js';
import { openBenchLog } from '../rebuild/open-bench-log.js';
import type { SystemUnderTest } from '../servers/system-under-test.js';
import { NAME_DIGITS, personName, sessionName } from './prefill.js';

/** Of the key that the gateway is started with. */
const OWNER = tenant('default');
const PREFIX = 'logbook';
const FACTS_AT_ONCE = 1_000;
const CACHE_TIMEOUT_MS = 10_000;

/** Tells the cache that gateways share of so many people, as gateways would have that met them. */
export async function fillCache({ brokers, environment }: SystemUnderTest, people: number): Promise<void> {
  const redisUrl = environment['REDIS_URL'];
  if (brokers === undefined || redisUrl === undefined) throw new Error('only gateways on Kafka share a cache');
  const { log, logId } = await openBenchLog({ brokers, prefix: PREFIX });
  await log.close();
  const cache = redisFactCache({ url: redisUrl, logId, timeoutMs: CACHE_TIMEOUT_MS });
  try {
    await eventually(() => cache.healthy(), { what: 'Redis to answer' });
    for (let from = 0; from < people; from += FACTS_AT_ONCE) {
      const facts = Array.from({ length: Math.min(FACTS_AT_ONCE, people - from) }, (_, index) =>
        personFact(OWNER, personName(from + index)),
      );
      await cache.remember(facts);
      // A cache that is away forgets in silence, and the gateway would register people instead of finding them.
      if ((await cache.known(facts)).includes(false)) throw new Error('the shared cache did not take the names');
    }
  } finally {
    await cache.close();
  }
}

/** How many people this gateway has appended because no cache knew them. */
export async function peopleRegistered({ url }: SystemUnderTest): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^logbook_registrations_appended_total\{kind="person"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

const EVENTS_PER_REQUEST = 100;
/** Bodies that differ, in turn, so that no compressor finds one twice. */
const TEMPLATES = 24;

/** Batches whose every event names a session and a person drawn evenly from those known, made anew for each request. */
export function requestsOfKnownNames({ apiKey, fingerprintId }: Client, known: number): () => WireRequest {
  const random = randomFrom(known);
  const templates = Array.from({ length: TEMPLATES }, () => {
    const events = Array.from({ length: EVENTS_PER_REQUEST }, () =>
      String(
        chatCompletionBody(
          {
            fingerprint_id: fingerprintId,
            agent: 'bench',
            agent_version: 'v1',
            person: personName(0),
            session: sessionName(0),
          },
          { random, words: SMALL_CHAT_WORDS },
        ),
      ),
    );
    const request = wireRequest({
      path: '/api/v1/events/batch',
      body: Buffer.from(`{"events":[${events.join(',')}]}`),
      events: EVENTS_PER_REQUEST,
      apiKey,
      contentType: 'application/json',
      keepAlive: true,
    });
    return { request, people: placesOf(personName(0), request), sessions: placesOf(sessionName(0), request) };
  });
  let turn = 0;
  return () => {
    const { request, people, sessions } = templates[turn++ % TEMPLATES] as (typeof templates)[number];
    const bytes = Buffer.from(request.bytes);
    people.forEach((place, index) => {
      const number = Math.floor(random() * known);
      bytes.write(personName(number), place, 'latin1');
      bytes.write(sessionName(number), sessions[index] ?? NaN, 'latin1');
    });
    return { ...request, bytes };
  };
}

function placesOf(name: string, { bytes }: WireRequest): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + NAME_DIGITS)) places.push(at);
  return places;
}
