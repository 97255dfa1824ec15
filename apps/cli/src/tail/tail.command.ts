import { setTimeout as delay } from 'node:timers/promises';
import {
  FOLDED_TOPICS,
  offset,
  type Offset,
  type StoredMessage,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import { firstAtOrAfter, type Log } from '@logbook/core';
import { Argument, Command } from 'commander';
import { messageDocument } from '../dead-letters/message-document.js';
import { interrupted } from '../interrupted.js';
import { parseTime } from '../time-argument.js';
import { withLog } from '../with-log.js';
import { inTimeOrder } from './in-time-order.js';
import { type MessageFilter, passes } from './message-filter.js';
import { messageLine } from './message-line.js';

/** Not `control`: it holds the secret that proves fingerprints. */
const TAIL_TOPICS = [...FOLDED_TOPICS, 'changes', 'dead-letters'] as const satisfies readonly Topic[];
const LOOK_EVERY_MS = 250;

type From = 'beginning' | 'latest' | number;

interface TailOptions extends MessageFilter {
  readonly from: From;
  readonly follow: boolean;
  readonly json?: boolean;
}

export function tailCommand(): Command {
  return new Command('tail')
    .description('shows messages as they arrive: a line each, until Ctrl-C')
    .addArgument(new Argument('[topics...]', 'which topics; commands and events if none is named').choices(TAIL_TOPICS))
    .option('--type <type...>', 'only of these types, e.g. llm.recorded.v1')
    .option('--tenant <tenant>', 'only of this tenant')
    .option('--agent <name>', 'only what names this agent')
    .option('--person <id>', 'only what names this person')
    .option('--session <session>', 'only events of this session')
    .option('--from <where>', 'latest, beginning, or a time (ISO 8601)', parseFrom, 'latest' as const)
    .option('--no-follow', 'end with what is in the log now')
    .option('--json', 'print JSON, one document a line, with headers and value')
    .addHelpText('after', '\nEvery partition is shown in its order; among partitions what was sent earlier goes first.')
    .action(tail);
}

const parseFrom = (text: string): From => (text === 'beginning' || text === 'latest' ? text : parseTime(text));

async function tail(named: readonly Topic[], options: TailOptions): Promise<void> {
  const signal = interrupted();
  await withLog(async ({ log }) => {
    const places = await beginnings(log, named.length === 0 ? FOLDED_TOPICS : named, options.from);
    do {
      for await (const message of news(log, places, signal)) {
        if (signal.aborted) return;
        if (passes(message, options)) print(message, options);
      }
      if (options.follow) await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    } while (options.follow && !signal.aborted);
  });
}

/** How far a partition has been shown. */
interface Place extends TopicPartition {
  next: Offset;
}

async function beginnings(log: Log, topics: readonly Topic[], from: From): Promise<Place[]> {
  const places: Place[] = [];
  for (const topic of topics) {
    const [starts, ends] = await Promise.all([log.starts(topic), log.ends(topic)]);
    for (const [partition, end] of ends.entries()) {
      const start = starts[partition] ?? offset(0);
      const scan = { topic, partition, from: start, to: end };
      const next = from === 'latest' ? end : from === 'beginning' ? start : await firstAtOrAfter(log, scan, from);
      places.push({ topic, partition, next });
    }
  }
  return places;
}

/** What has come since the last look. */
async function* news(log: Log, places: readonly Place[], signal: AbortSignal): AsyncGenerator<StoredMessage> {
  const ends = new Map<Topic, readonly Offset[]>();
  for (const { topic } of places) if (!ends.has(topic)) ends.set(topic, await log.ends(topic));
  const scans = places.flatMap((place) => {
    const { topic, partition, next: from } = place;
    const to = ends.get(topic)?.[partition] ?? from;
    if (to <= from) return [];
    place.next = to;
    return [log.scan({ topic, partition, from, to, signal })];
  });
  yield* inTimeOrder(scans);
}

function print(message: StoredMessage, { json }: TailOptions): void {
  const { topic, partition, offset: at } = message;
  const line =
    json === true
      ? JSON.stringify({ topic, partition, offset: at, ...messageDocument(message) })
      : messageLine(message);
  process.stdout.write(`${line}\n`);
}
