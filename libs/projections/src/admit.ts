import {
  decodeMessage,
  messageSha256,
  sentAtMs,
  type Command,
  type FoldedTopic,
  type LlmRecorded,
  type LogbookMessage,
  type Position,
  type StoredMessage,
} from '@logbook/contracts';
import { ConsumptionHaltedError } from '@logbook/core';
import type { DeadLetterRow } from './bookkeeping.tables.js';
import { storableReason } from './storable-text.js';

/** A message of one topic, decoded and judged fit to be folded. */
export interface FoldedMessage<M extends Command | LlmRecorded> {
  readonly message: M;
  readonly position: Position;
  /** The size of the value. */
  readonly bytes: number;
}

export interface Admitted<M extends Command | LlmRecorded> {
  readonly messages: readonly FoldedMessage<M>[];
  readonly deadLetters: readonly DeadLetterRow[];
}

/** What `control` says every replay leaves out. */
export interface Skips {
  /** Whether anything is skipped at all: spares hashing every message. */
  readonly size: number;
  /** Why the message is skipped; `undefined` if it is not. */
  reasonOf(topic: FoldedTopic, message: StoredMessage): string | undefined;
}

/** Where a message was refused: `decode` is poison, `apply` is one that Postgres alone refused and `control` skips. */
export type DeadLetterStep = 'decode' | 'apply';

export const NO_SKIPS: Skips = { size: 0, reasonOf: () => undefined };

export function admitCommands(messages: readonly StoredMessage[], skips: Skips = NO_SKIPS): Admitted<Command> {
  return admit<Command>('commands', messages, skips);
}

export function admitEvents(messages: readonly StoredMessage[], skips: Skips = NO_SKIPS): Admitted<LlmRecorded> {
  return admit<LlmRecorded>('events', messages, skips);
}

function admit<M extends Command | LlmRecorded>(
  topic: FoldedTopic,
  stored: readonly StoredMessage[],
  skips: Skips,
): Admitted<M> {
  const messages: FoldedMessage<M>[] = [];
  const deadLetters: DeadLetterRow[] = [];
  for (const raw of stored) {
    const skipped = skips.size === 0 ? undefined : skips.reasonOf(topic, raw);
    if (skipped !== undefined) {
      deadLetters.push(deadLetter(topic, raw, 'apply', skipped));
      continue;
    }
    const decoded = decodeMessage(raw);
    if (decoded.outcome === 'NEWER') throw ofNewerRelease(raw, decoded.reason);
    const problem = decoded.outcome === 'POISON' ? decoded.reason : problemOf(decoded.message);
    if (decoded.outcome === 'POISON' || problem !== undefined) {
      deadLetters.push(deadLetter(topic, raw, 'decode', problem ?? 'poison'));
      continue;
    }
    const position = { topic: raw.topic, partition: raw.partition, offset: raw.offset };
    messages.push({ message: decoded.message as M, position, bytes: raw.value?.length ?? 0 });
  }
  return { messages, deadLetters };
}

/** A release that folds the log must not decide about what a later one wrote: the log is for ever, and rows would differ. */
function ofNewerRelease({ topic, partition, offset }: StoredMessage, reason: string): ConsumptionHaltedError {
  return new ConsumptionHaltedError(
    'NEWER_RELEASE',
    `${topic}[${partition}] offset ${offset}: ${reason}, so a newer release wrote this log. ` +
      'Run that release or a later one: it goes on from here, nothing was skipped.',
  );
}

/** Postgres has no year 0, which the form of `ce_time` allows. */
const TIME_MIN_MS = Date.parse('0001-01-01T00:00:00.000Z');

/**
 * What rows cannot hold although the message can be decoded. That its key and topic are its own, so that one
 * partition owns its rows, was checked by decoding it.
 */
function problemOf(message: LogbookMessage): string | undefined {
  if (message.timeMs < TIME_MIN_MS) return 'ce_time is before the year 1';
  if ('contentJson' in message && !message.contentJson.isWellFormed()) return 'content_json has a lone surrogate';
  if ('propertiesJson' in message && message.propertiesJson?.isWellFormed() === false) {
    return 'properties_json has a lone surrogate';
  }
  return undefined;
}

function deadLetter(topic: FoldedTopic, raw: StoredMessage, step: DeadLetterStep, reason: string): DeadLetterRow {
  return {
    topic,
    partition: raw.partition,
    offset: raw.offset,
    key: raw.key,
    sha256: messageSha256(raw),
    reason: storableReason(reason),
    step,
    recordedAtMs: readableTimeMs(raw),
  };
}

function readableTimeMs(raw: StoredMessage): number | null {
  const timeMs = sentAtMs(raw);
  return timeMs !== undefined && timeMs >= TIME_MIN_MS ? timeMs : null;
}
