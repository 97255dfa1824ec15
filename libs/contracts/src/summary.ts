import { PATHS_BY_API } from './api-paths.js';
import { SUMMARY_TEXT_BYTES_MAX } from './headers.js';
import { countAt, memberOf, propertiesOfBody } from './json-members.js';
import type { Summary } from './message.js';

/**
 * The version of what this file reads. Raise it with every change of a result: a fold that carries a newer extractor
 * than a message's headers name reads the body instead, and so a rebuild corrects history.
 */
export const SUMMARY_EXTRACTOR_VERSION = 1;

/**
 * What a fold needs of an event's `properties`. Anything that is not there, or not as expected, is null; of an api
 * that is not known only its name is taken. The model is what the response names, else what the request asked for.
 *
 * An output that is a list, the chunks of a stream, gives no counts: some apis repeat a running total in every chunk,
 * some split it, and a count that may be doubled is worse than none. The wrappers send a stream put together.
 */
export function extractSummary(properties: unknown): Summary {
  const api = textAt(properties, 'api');
  const paths = api === null ? undefined : PATHS_BY_API.get(api);
  if (paths === undefined) {
    return { extractor: SUMMARY_EXTRACTOR_VERSION, api, model: null, inputTokens: null, outputTokens: null };
  }
  const output = memberOf(properties, 'output');
  const usage = memberOf(output, paths.usage);
  return {
    extractor: SUMMARY_EXTRACTOR_VERSION,
    api,
    model: textAt(output, paths.model) ?? textAt(memberOf(properties, 'inputs'), 'model'),
    inputTokens: countAt(usage, paths.inputTokens),
    outputTokens: countAt(usage, paths.outputTokens),
  };
}

/** The summary of an event's body, the whole request. Never throws: what is not JSON has a summary of nulls. */
export const summaryOfBody = (body: Buffer): Summary => extractSummary(propertiesOfBody(body));

function textAt(value: unknown, name: string): string | null {
  const text = memberOf(value, name);
  return typeof text === 'string' && isSummaryText(text) ? text : null;
}

/** Whether a header and a column can hold it: short, without NUL, which Postgres refuses, and lone surrogates, which UTF-8 lacks. */
export function isSummaryText(text: string): boolean {
  return (
    text.length <= SUMMARY_TEXT_BYTES_MAX &&
    Buffer.byteLength(text) <= SUMMARY_TEXT_BYTES_MAX &&
    !text.includes('\0') &&
    text.isWellFormed()
  );
}
