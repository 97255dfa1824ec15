import { PATHS_BY_API, type ApiPaths } from './api-paths.js';
import { countAt, memberOf, propertiesOfBody } from './json-members.js';
import { extractSummary } from './summary.js';

/**
 * What one recorded call used, the same for every api: input holds what a cache gave and tools brought, output holds thoughts.
 * A count that the response does not tell is null: unknown, which is not zero.
 */
export interface CallUsage {
  readonly api: string | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  /** The part of the input that was read from a cache. */
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  /** The response says of itself that it failed. */
  readonly failed: boolean;
}

/** As `extractSummary`; api and model are the summary's. Of an api that is not known nothing else is read. */
export function usageOfCall(properties: unknown): CallUsage {
  const { api, model } = extractSummary(properties);
  const paths = api === null ? undefined : PATHS_BY_API.get(api);
  const output = memberOf(properties, 'output');
  const counts = paths === undefined || isSummedStream(api, output) ? NO_COUNTS : countsOf(output, paths);
  return { api, model, ...counts, failed: paths !== undefined && hasFailed(output) };
}

/** The usage of an event's body, the whole request. Never throws. */
export const usageOfBody = (body: Buffer): CallUsage => usageOfCall(propertiesOfBody(body));

type Counts = Pick<CallUsage, 'inputTokens' | 'cachedInputTokens' | 'outputTokens'>;
const NO_COUNTS: Counts = { inputTokens: null, cachedInputTokens: null, outputTokens: null };

function countsOf(output: unknown, paths: ApiPaths): Counts {
  const usage = memberOf(output, paths.usage);
  const [last = '', ...above] = [...paths.cachedInput].reverse();
  return {
    inputTokens: sumOf(usage, [paths.inputTokens, ...paths.furtherInput]),
    cachedInputTokens: countAt(above.reverse().reduce(memberOf, usage), last),
    outputTokens: sumOf(usage, [paths.outputTokens, ...paths.furtherOutput]),
  };
}

/** Of the counts that are there, since Gemini leaves out what is none; null where none is, or one of them is no count. */
function sumOf(usage: unknown, names: readonly string[]): number | null {
  const given = names.filter((name) => (memberOf(usage, name) ?? null) !== null);
  const counts = given.map((name) => countAt(usage, name)).filter((count) => count !== null);
  if (given.length === 0 || counts.length < given.length) return null;
  const sum = counts.reduce((total, count) => total + count, 0);
  return Number.isSafeInteger(sum) ? sum : null;
}

/**
 * A stream of `generate_content_stream` that the wrapper of voker 0.0.15 put together: every chunk repeats the counts so far, and
 * the wrapper adds them up, so that they say nothing. What tells it is the response's own content type, which the SDK keeps.
 */
function isSummedStream(api: string | null, output: unknown): boolean {
  if (api !== 'gemini-models') return false;
  const headers = memberOf(memberOf(output, 'sdk_http_response'), 'headers');
  if (typeof headers !== 'object' || headers === null) return false;
  return Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /^text\/event-stream\b/i.test(String(value)),
  );
}

/** A response with an `error`, or of status `failed` (openai-responses, gemini-interactions). A refusal or a cut is an answer. */
function hasFailed(output: unknown): boolean {
  const error = memberOf(output, 'error');
  return (typeof error === 'object' && error !== null) || memberOf(output, 'status') === 'failed';
}
