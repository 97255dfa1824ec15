import {
  encodeMessage,
  eventId,
  fingerprintId,
  logId,
  offset,
  tenant,
  type Command,
  type FoldedTopic,
  type LlmRecorded,
  type LogbookMessage,
  type StoredMessage,
} from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import type { EnsureLive } from './generations/generations.js';
import type { LogEnds } from './generations/generation.js';
import type { Store } from './open-store.js';

export const acme = tenant('acme');
export const LOG_ID = logId('0198c0de-0000-7000-8000-00000000aaaa');
export const FINGERPRINT = fingerprintId('0198c0de-0000-8000-8000-000000000001');
export const NOTHING: LogEnds = { commands: [offset(0)], events: [offset(0)] };

/** A driver of the store under test: opened once for a suite of tests. */
export type OpenedStore = () => Store;

/** What `ensureLive` needs for a log that ends at `ends`. */
export const live = (ends: LogEnds = NOTHING): EnsureLive => ({
  logId: LOG_ID,
  foldVersion: CURRENT_FOLD_VERSION,
  logEnds: () => Promise.resolve(ends),
});

/** The database as it is before Logbook was ever connected to it. */
export async function emptyDatabase(store: Store): Promise<void> {
  const { rows } = await store.pool.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname = 'ops' OR nspname LIKE 'gen\\_%'`,
  );
  for (const { name } of rows) await store.pool.query(`DROP SCHEMA "${name}" CASCADE`);
}

/** What somebody with a SQL prompt does to a generation: its tables go, `ops` does not know. */
export async function dropTables(store: Store, name: string): Promise<void> {
  await store.pool.query(`DROP SCHEMA "${name}" CASCADE`);
}

export const event = (number: number, fields: Partial<LlmRecorded> = {}): LlmRecorded => ({
  type: 'com.logbook.llm.recorded.v1',
  id: eventId(`0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`),
  timeMs: Date.UTC(2026, 0, 1) + number,
  source: 'test',
  tenant: acme,
  fingerprintId: FINGERPRINT,
  agentName: 'default',
  agentVersionName: 'default',
  personId: null,
  session: 's',
  summary: { extractor: 1, api: 'openai-responses', model: 'm', inputTokens: 10, outputTokens: 1 },
  body: Buffer.from('{"properties":{}}'),
  ...fields,
});

const attributes = (timeMs: number) => ({ id: `m${timeMs}`, timeMs, source: 'test', tenant: acme });

export const registerAgent = (timeMs: number, agentName: string, description: string | null = null): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.agent.register.v1',
  agentName,
  description,
});
export const registerVersion = (timeMs: number, agentName: string, agentVersionName: string): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.agent-version.register.v1',
  agentName,
  agentVersionName,
  description: null,
});
export const registerPerson = (timeMs: number, personId: string, propertiesJson: string | null): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.person.register.v1',
  personId,
  propertiesJson,
});
export const registerFingerprint = (timeMs: number): Command => ({
  ...attributes(timeMs),
  type: 'com.logbook.fingerprint.register.v1',
  fingerprintId: FINGERPRINT,
  contentJson: '{"language":"python"}',
});

/** A batch of messages at consecutive offsets of a partition. */
export function batch(
  topic: FoldedTopic,
  from: number,
  messages: readonly LogbookMessage[],
  { partition = 0 }: { readonly partition?: number } = {},
): Batch {
  const stored = messages.map((message, index): StoredMessage => {
    const { key, headers, value } = encodeMessage(message);
    return { topic, partition, offset: offset(from + index), key: Buffer.from(key), headers, value };
  });
  const next = offset(from + messages.length);
  return { topic, partition, from: offset(from), next, end: next, messages: stored };
}
