import { encodeMessage, eventId, fingerprintId, type LlmRecorded, tenant } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { indexes } from './concurrently.js';

const CHUNK = 2_000;
const SESSIONS = 5_000;
const BEGIN_MS = Date.UTC(2026, 0, 1);

/** Appends recorded calls of a past that no client has to be waited for: `count` of them over many sessions. */
export async function appendLongHistory(log: Log, count: number): Promise<void> {
  for (let from = 0; from < count; from += CHUNK) {
    const numbers = indexes(Math.min(CHUNK, count - from)).map((index) => from + index);
    await log.append('events', numbers.map(eventOf).map(encodeMessage));
  }
}

const eventOf = (number: number): LlmRecorded => ({
  type: 'com.logbook.llm.recorded.v1',
  id: eventId(`0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`),
  timeMs: BEGIN_MS + number,
  source: 'e2e',
  tenant: tenant('default'),
  fingerprintId: fingerprintId('0198c0de-0000-8000-8000-000000000001'),
  agentName: `agent-${number % 20}`,
  agentVersionName: 'v1',
  personId: `person-${number % 300}`,
  session: `past-${number % SESSIONS}`,
  summary: {
    extractor: 1,
    api: 'openai-responses',
    model: `model-${number % 3}`,
    inputTokens: number % 100,
    outputTokens: 3,
  },
  body: Buffer.from(`{"properties":{"number":${number}}}`),
});
