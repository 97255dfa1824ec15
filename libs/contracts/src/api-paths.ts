/** Where an api's response, `properties.output`, has what a summary and usage are made of. */
export interface ApiPaths {
  readonly model: string;
  readonly usage: string;
  readonly inputTokens: string;
  readonly outputTokens: string;
  /** Counts of input that `inputTokens` leaves out. */
  readonly furtherInput: readonly string[];
  /** What was read from a cache: part of `inputTokens`, or one of `furtherInput`. */
  readonly cachedInput: readonly [string] | readonly [string, string];
  /** Counts of output that `outputTokens` leaves out. */
  readonly furtherOutput: readonly string[];
}

const ANTHROPIC: ApiPaths = {
  model: 'model',
  usage: 'usage',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  furtherInput: ['cache_creation_input_tokens', 'cache_read_input_tokens'],
  cachedInput: ['cache_read_input_tokens'],
  furtherOutput: [],
};

/**
 * The apis that are known. Source: what the wrappers of voker 0.0.15 send, which is each SDK's response model as JSON:
 * openai 2.38.0, anthropic 0.103.1, google-genai 1.75.0 (`types.GenerateContentResponse`, `_interactions.types.Interaction`).
 */
export const PATHS_BY_API: ReadonlyMap<string, ApiPaths> = new Map([
  [
    'openai-chat-completions',
    {
      model: 'model',
      usage: 'usage',
      inputTokens: 'prompt_tokens',
      outputTokens: 'completion_tokens',
      furtherInput: [],
      cachedInput: ['prompt_tokens_details', 'cached_tokens'],
      furtherOutput: [],
    },
  ],
  [
    'openai-responses',
    {
      model: 'model',
      usage: 'usage',
      inputTokens: 'input_tokens',
      outputTokens: 'output_tokens',
      furtherInput: [],
      cachedInput: ['input_tokens_details', 'cached_tokens'],
      furtherOutput: [],
    },
  ],
  ['anthropic-messages', ANTHROPIC],
  ['anthropic-beta-messages', ANTHROPIC],
  [
    'gemini-models',
    {
      model: 'model_version',
      usage: 'usage_metadata',
      inputTokens: 'prompt_token_count',
      outputTokens: 'candidates_token_count',
      furtherInput: ['tool_use_prompt_token_count'],
      cachedInput: ['cached_content_token_count'],
      furtherOutput: ['thoughts_token_count'],
    },
  ],
  [
    'gemini-interactions',
    {
      model: 'model',
      usage: 'usage',
      inputTokens: 'total_input_tokens',
      outputTokens: 'total_output_tokens',
      furtherInput: ['total_tool_use_tokens'],
      cachedInput: ['total_cached_tokens'],
      furtherOutput: ['total_thought_tokens'],
    },
  ],
]);
