/** What a call of some kind adds to its totals; null is unknown. */
export interface Adds {
  readonly model: string | null;
  readonly input: number | null;
  readonly cached: number | null;
  readonly output: number | null;
  readonly failed?: boolean;
}

/** An event's `properties`, and what they come to, said here and not read by any code of Logbook. */
export interface CallShape {
  readonly properties: { readonly api: string; readonly inputs: object; readonly output: unknown };
  readonly adds: Adds;
}

const stream = { stream: true, model: 'asked' };
const shape = (api: string, output: unknown, adds: Adds, inputs: object = { model: 'asked' }): CallShape => ({
  properties: { api, inputs, output },
  adds,
});

/** Calls of all six apis: plain, from a cache, with thoughts, streams with and without usage, failed, and of an api nobody knows. */
export const CALL_SHAPES: readonly CallShape[] = [
  shape(
    'openai-chat-completions',
    { model: 'gpt', usage: { prompt_tokens: 30, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 20 } } },
    { model: 'gpt', input: 30, cached: 20, output: 5 },
  ),
  shape(
    'openai-chat-completions',
    { model: 'gpt', usage: null },
    { model: 'gpt', input: null, cached: null, output: null },
    stream,
  ),
  shape(
    'openai-responses',
    { model: 'gpt', status: 'completed', usage: { input_tokens: 7, output_tokens: 3 } },
    { model: 'gpt', input: 7, cached: null, output: 3 },
    stream,
  ),
  shape(
    'openai-responses',
    { model: 'gpt', status: 'failed', error: { code: 'server_error' }, usage: null },
    { model: 'gpt', input: null, cached: null, output: null, failed: true },
  ),
  shape(
    'anthropic-messages',
    {
      model: 'claude',
      usage: { input_tokens: 4, cache_read_input_tokens: 50, cache_creation_input_tokens: 6, output_tokens: 11 },
    },
    { model: 'claude', input: 60, cached: 50, output: 11 },
  ),
  shape(
    'anthropic-messages',
    { type: 'error', error: { type: 'overloaded_error' } },
    { model: 'asked', input: null, cached: null, output: null, failed: true },
  ),
  shape(
    'anthropic-beta-messages',
    { model: 'claude', usage: { input_tokens: 4, output_tokens: 2 } },
    { model: 'claude', input: 4, cached: null, output: 2 },
  ),
  shape(
    'gemini-models',
    {
      model_version: 'gemini',
      usage_metadata: {
        ...{ prompt_token_count: 40, cached_content_token_count: 10, tool_use_prompt_token_count: 2 },
        ...{ candidates_token_count: 8, thoughts_token_count: 30 },
      },
    },
    { model: 'gemini', input: 42, cached: 10, output: 38 },
  ),
  shape(
    'gemini-models',
    {
      model_version: 'gemini',
      sdk_http_response: { headers: { 'content-type': 'text/event-stream' } },
      usage_metadata: { prompt_token_count: 120, candidates_token_count: 18 },
    },
    { model: 'gemini', input: null, cached: null, output: null },
  ),
  shape(
    'gemini-interactions',
    { model: 'gemini', usage: { total_input_tokens: 9, total_output_tokens: 2, total_thought_tokens: 1 } },
    { model: 'gemini', input: 9, cached: null, output: 3 },
  ),
  shape(
    'of-our-own',
    { usage: { input_tokens: 9 }, error: {} },
    { model: null, input: null, cached: null, output: null },
  ),
];
