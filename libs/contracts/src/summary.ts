import { SUMMARY_TEXT_BYTES_MAX } from './headers.js';
import type { Summary } from './message.js';

/**
 * The version of what this file reads. Raise it with every change of a result: a fold that carries a newer extractor
 * than a message's headers name reads the body instead, and so a rebuild corrects history.
 */
export const SUMMARY_EXTRACTOR_VERSION = 1;

/** Where an api's response, `properties.output`, has what a summary holds. */
interface SummaryPaths {
  readonly model: string;
  readonly usage: string;
  readonly inputTokens: string;
  readonly outputTokens: string;
}

const ANTHROPIC: SummaryPaths = {
  model: 'model',
  usage: 'usage',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
};

/**
 * The apis that are known. Source: what the wrappers of voker 0.0.15 send, which is each SDK's response model as JSON:
 * openai 2.38.0, anthropic 0.103.1, google-genai 1.75.0 (`types.GenerateContentResponse`, `_interactions.types.Interaction`).
 */
const PATHS_BY_API: ReadonlyMap<string, SummaryPaths> = new Map([
  [
    'openai-chat-completions',
    { model: 'model', usage: 'usage', inputTokens: 'prompt_tokens', outputTokens: 'completion_tokens' },
  ],
  ['openai-responses', { model: 'model', usage: 'usage', inputTokens: 'input_tokens', outputTokens: 'output_tokens' }],
  ['anthropic-messages', ANTHROPIC],
  ['anthropic-beta-messages', ANTHROPIC],
  [
    'gemini-models',
    {
      model: 'model_version',
      usage: 'usage_metadata',
      inputTokens: 'prompt_token_count',
      outputTokens: 'candidates_token_count',
    },
  ],
  [
    'gemini-interactions',
    { model: 'model', usage: 'usage', inputTokens: 'total_input_tokens', outputTokens: 'total_output_tokens' },
  ],
]);

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
export function summaryOfBody(body: Buffer): Summary {
  let event: unknown;
  try {
    event = JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    event = null;
  }
  return extractSummary(memberOf(event, 'properties'));
}

/** An own member of an object; nothing is read from a list or from a prototype. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function textAt(value: unknown, name: string): string | null {
  const text = memberOf(value, name);
  return typeof text === 'string' && isSummaryText(text) ? text : null;
}

function countAt(value: unknown, name: string): number | null {
  const count = memberOf(value, name);
  // JSON has -0, which is a count of 0 but does not equal what a header gives back.
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) + 0 : null;
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
