import {
  encodeMessage,
  messageSha256,
  offset,
  partitionOfKey,
  type FoldedTopic,
  type LlmRecorded,
  type RawMessage,
  type StoredMessage,
} from '@logbook/contracts';
import type { Skips } from '@logbook/projections';
import { flawed, type Flaw } from './flaws.contract.js';
import { topicOfIntended, type History, type Intended, type Told } from './history.contract.js';

/** A message where the log holds it, and what its writer meant. */
export interface Placed {
  readonly stored: StoredMessage;
  readonly intended: Intended;
  readonly flaw: Flaw | null;
}

export interface StoredPartition {
  readonly topic: FoldedTopic;
  readonly partition: number;
  readonly messages: readonly Placed[];
}

/** A history as a log holds it. */
export interface StoredLog {
  readonly partitions: readonly StoredPartition[];
  readonly skips: Skips;
}

export const API = 'openai-responses';

/** Lays a history out over its partitions, as a producer would that partitions by key. */
export function storedLogOf({ partitions: counts, entries }: History): StoredLog {
  const partitions = (['commands', 'events'] as const).flatMap((topic) =>
    Array.from({ length: counts[topic] }, (_, partition) => ({ topic, partition, messages: [] as Placed[], end: 0 })),
  );
  const appended: (Omit<Placed, 'stored'> & { readonly raw: RawMessage })[] = [];
  const skipped = new Set<string>();
  for (const entry of entries) {
    const next = entry.kind === 'MESSAGE' ? { ...entry, raw: rawOf(entry) } : appended[entry.of % appended.length];
    if (next === undefined) continue;
    const { raw, intended, flaw } = next;
    appended.push({ raw, intended, flaw });
    const topic = topicOfIntended(intended);
    if (entry.kind === 'MESSAGE' && entry.skipped) skipped.add(identity(topic, raw));
    const partition = partitionOf(raw.key, counts[topic]);
    const log = partitions.find((candidate) => candidate.topic === topic && candidate.partition === partition)!;
    const at = offset(log.end + entry.hole);
    log.messages.push({ stored: { ...raw, topic, partition, offset: at }, intended, flaw });
    log.end = at + 1;
  }
  const reasonOf: Skips['reasonOf'] = (topic, message) =>
    skipped.has(identity(topic, message)) ? 'refused' : undefined;
  return { partitions, skips: { size: skipped.size, reasonOf } };
}

const identity = (topic: FoldedTopic, raw: RawMessage): string => `${topic} ${messageSha256(raw).toString('hex')}`;

/** Keys of messages are texts; a foreign producer puts any other where it likes. */
function partitionOf(key: Buffer | null, count: number): number {
  return key === null || key.includes(0) ? 0 : partitionOfKey(key.toString(), count);
}

function rawOf({ intended, flaw }: { readonly intended: Intended; readonly flaw: Flaw | null }): RawMessage {
  const { key, headers, value } = encodeMessage('event' in intended ? eventOf(intended) : intended);
  const raw: RawMessage = { key: Buffer.from(key), headers, value };
  return flaw === null ? raw : flawed(raw, flaw);
}

function eventOf({ event, told }: Extract<Intended, { event: unknown }>): LlmRecorded {
  const { model, inputTokens, outputTokens } = told;
  if (told.place === 'HEADERS') {
    const summary = { extractor: 1, api: API, model, inputTokens, outputTokens };
    return { ...event, summary, body: Buffer.from('{"properties":{}}') };
  }
  const old = { extractor: 0, api: 'old', model: 'old', inputTokens: 99, outputTokens: 99 };
  return { ...event, summary: told.place === 'BODY' ? null : old, body: bodyOf(told) };
}

function bodyOf({ model, inputTokens, outputTokens }: Told): Buffer {
  const output = { model, usage: { input_tokens: inputTokens, output_tokens: outputTokens } };
  return Buffer.from(JSON.stringify({ properties: { api: API, output } }));
}
