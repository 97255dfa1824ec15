import {
  decodeMessage,
  HEADERS,
  positionText,
  sentAtMs,
  type LogbookMessage,
  type StoredMessage,
  type Summary,
} from '@logbook/contracts';
import { headerTexts, printable } from '../dead-letters/message-document.js';
import { isoTime } from '../output.js';

const TYPE_PREFIX = 'com.logbook.';
const NO_TIME = '-'.padEnd('2026-01-01T00:00:00.000Z'.length);
/** Of a command's value, what is shown on its line. */
const DETAIL_LETTERS_MAX = 160;

/** A message as one line for a person: when, where, what, whose, and what tells it from others of its type. */
export function messageLine(message: StoredMessage): string {
  const timeMs = sentAtMs(message);
  const decoded = decodeMessage(message);
  const details =
    decoded.outcome === 'DECODED'
      ? detailsOf(decoded.message, message)
      : [`${decoded.outcome.toLowerCase()}: ${decoded.reason}`];
  const words = [
    timeMs === undefined ? NO_TIME : isoTime(timeMs),
    positionText(message),
    shortType(headerText(message, HEADERS.type)),
    headerText(message, HEADERS.tenant) || '-',
    ...details,
  ];
  return printable(words.join('  ')).replaceAll('\n', '\\n');
}

/** A type as it is written on the command line: without what all of them begin with. */
export const shortType = (type: string): string =>
  type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : type;

/** Of a repeated header, the last; empty where there is none. */
export const headerText = (message: StoredMessage, name: string): string =>
  headerTexts(message.headers[name]).at(-1) ?? '';

function detailsOf(message: LogbookMessage, { value }: StoredMessage): string[] {
  if (message.type !== 'com.logbook.llm.recorded.v1') return [shortened(value?.toString() ?? '')];
  const { agentName, agentVersionName, personId, session, summary, body } = message;
  return [
    `agent ${agentName}/${agentVersionName}`,
    ...(personId === null ? [] : [`person ${personId}`]),
    ...(session === null ? [] : [`session ${session}`]),
    ...(summary === null ? [] : [`${summary.api ?? '-'} ${summary.model ?? '-'}`]),
    ...tokensOf(summary),
    `${body.length} bytes`,
  ];
}

function tokensOf(summary: Summary | null): string[] {
  if (summary === null || (summary.inputTokens === null && summary.outputTokens === null)) return [];
  return [`${summary.inputTokens ?? '?'}+${summary.outputTokens ?? '?'} tokens`];
}

const shortened = (text: string): string =>
  text.length <= DETAIL_LETTERS_MAX ? text : `${text.slice(0, DETAIL_LETTERS_MAX)} …`;
