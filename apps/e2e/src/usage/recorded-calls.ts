import { setTimeout as pause } from 'node:timers/promises';
import { type EncodedMessage, encodeMessage, eventId, fingerprintId, summaryOfBody, tenant } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { CALL_SHAPES } from './call-shapes.js';

/** A row as `logbook usage --json` prints it. */
export interface UsageRow {
  readonly day: string;
  readonly tenant: string;
  readonly agent: string;
  readonly agent_version: string;
  readonly api: string;
  readonly model: string | null;
  calls: number;
  errors: number;
  input_tokens: number | null;
  cached_input_tokens: number | null;
  output_tokens: number | null;
  input_unknown_calls: number;
  output_unknown_calls: number;
}

const BETWEEN_APPENDS_MS = 20;
const BEGIN_MS = Date.UTC(2026, 4, 8, 22);
const MINUTE_MS = 60_000;
const DUPLICATE_EVERY = 9;
const POISON_EVERY = 31;
/** How many calls later one is sent again, with another time and another body. */
const AGAIN_AFTER = 60;
const FINGERPRINT = fingerprintId('0198c0de-0000-8000-8000-000000000001');

/** Appends calls of all kinds, some sent twice, some of them late and otherwise, and poison; and adds up what they come to. */
export class RecordedCalls {
  private number = 0;
  private readonly totals = new Map<string, UsageRow>();

  constructor(private readonly log: Log) {}

  get calls(): number {
    return this.number;
  }

  /** What the service must have counted, in no order. */
  get expected(): UsageRow[] {
    return [...this.totals.values()];
  }

  async append(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, () => this.number++);
    await this.log.append('events', numbers.flatMap(messagesOf));
    for (const number of numbers) this.add(number);
  }

  /** Steady traffic that leaves the machine to those who count it. */
  async appendUntil(signal: AbortSignal, atOnce: number): Promise<void> {
    while (!signal.aborted) {
      await this.append(atOnce);
      await pause(BETWEEN_APPENDS_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private add(number: number): void {
    const { tenantName, agentName, agentVersionName, timeMs, shape } = callOf(number);
    const { adds, properties } = shape;
    const of = {
      day: new Date(timeMs).toISOString().slice(0, 10),
      tenant: tenantName,
      agent: agentName,
      agent_version: agentVersionName,
      api: properties.api,
      model: adds.model,
    };
    const row = this.totals.get(JSON.stringify(of)) ?? { ...of, ...NOTHING };
    this.totals.set(JSON.stringify(of), row);
    row.calls += 1;
    row.errors += adds.failed === true ? 1 : 0;
    if (adds.input === null) row.input_unknown_calls += 1;
    else {
      row.input_tokens = (row.input_tokens ?? 0) + adds.input;
      row.cached_input_tokens = (row.cached_input_tokens ?? 0) + (adds.cached ?? 0);
    }
    if (adds.output === null) row.output_unknown_calls += 1;
    else row.output_tokens = (row.output_tokens ?? 0) + adds.output;
  }
}

const NOTHING = {
  calls: 0,
  errors: 0,
  input_tokens: null,
  cached_input_tokens: null,
  output_tokens: null,
  input_unknown_calls: 0,
  output_unknown_calls: 0,
};

/** Sessions are of one tenant, so that a call that is sent again goes where it went first. */
const callOf = (number: number) => ({
  tenantName: number % 2 === 0 ? 'acme' : 'default',
  agentName: `agent-${number % 5}`,
  agentVersionName: `v${number % 3}`,
  timeMs: BEGIN_MS + (number % 240) * MINUTE_MS,
  session: number % 7 === 0 ? null : `session-${number % 43}`,
  shape: CALL_SHAPES[number % CALL_SHAPES.length]!,
});

function encoded(number: number, { timeMs, shape } = callOf(number)): EncodedMessage {
  const { tenantName, session, agentName, agentVersionName } = callOf(number);
  const body = Buffer.from(JSON.stringify({ event_name: 'llm', properties: shape.properties }));
  return encodeMessage({
    type: 'com.logbook.llm.recorded.v1',
    id: eventId(`0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`),
    source: 'test',
    tenant: tenant(tenantName),
    fingerprintId: FINGERPRINT,
    personId: null,
    ...{ timeMs, session, agentName, agentVersionName, summary: summaryOfBody(body), body },
  });
}

function messagesOf(number: number): EncodedMessage[] {
  const sent = encoded(number);
  return [
    sent,
    ...(number % DUPLICATE_EVERY === 0 ? [sent] : []),
    ...(number % DUPLICATE_EVERY === 5 && number >= AGAIN_AFTER
      ? [encoded(number - AGAIN_AFTER, { ...callOf(number), timeMs: BEGIN_MS + 2_000 * MINUTE_MS })]
      : []),
    ...(number % POISON_EVERY === 0
      ? [{ ...sent, headers: { ...sent.headers, ce_type: 'org.example.unheard-of' } }]
      : []),
  ];
}
