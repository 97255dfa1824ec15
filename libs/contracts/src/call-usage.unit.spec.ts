import { usageOfBody, usageOfCall, type CallUsage } from './call-usage.js';

type Counts = Pick<CallUsage, 'inputTokens' | 'cachedInputTokens' | 'outputTokens'>;
const counts = (inputTokens: number | null, cachedInputTokens: number | null, outputTokens: number | null): Counts => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
});
const unknown = counts(null, null, null);

/** By api, usage as its SDK prints it, and what that comes to: input with all of the cache, output with all thoughts. */
const CASES: readonly (readonly [string, object, Counts])[] = [
  [
    'openai-chat-completions',
    {
      usage: {
        ...{ prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
        prompt_tokens_details: { audio_tokens: 0, cached_tokens: 64 },
        completion_tokens_details: { reasoning_tokens: 12 },
      },
    },
    counts(100, 64, 20),
  ],
  ['openai-chat-completions', { usage: { prompt_tokens: 9, completion_tokens: 2 } }, counts(9, null, 2)],
  [
    'openai-responses',
    {
      usage: {
        ...{ input_tokens: 100, output_tokens: 20, total_tokens: 120 },
        input_tokens_details: { cached_tokens: 64, cache_write_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 12 },
      },
    },
    counts(100, 64, 20),
  ],
  [
    'anthropic-messages',
    {
      usage: {
        ...{ input_tokens: 6, cache_read_input_tokens: 64, cache_creation_input_tokens: 30, output_tokens: 20 },
        cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 0 },
      },
    },
    counts(100, 64, 20),
  ],
  [
    'anthropic-messages',
    { usage: { input_tokens: 9, cache_read_input_tokens: null, output_tokens: 2 } },
    counts(9, null, 2),
  ],
  [
    'anthropic-beta-messages',
    { usage: { input_tokens: 6, cache_read_input_tokens: 3, output_tokens: 2 } },
    counts(9, 3, 2),
  ],
  [
    'gemini-models',
    {
      usage_metadata: {
        ...{ prompt_token_count: 90, cached_content_token_count: 64, tool_use_prompt_token_count: 10 },
        ...{ candidates_token_count: 8, thoughts_token_count: 12, total_token_count: 120 },
      },
    },
    counts(100, 64, 20),
  ],
  // All of the limit went into thoughts: Gemini then leaves the other count out.
  [
    'gemini-models',
    { usage_metadata: { prompt_token_count: 9, candidates_token_count: null, thoughts_token_count: 12 } },
    counts(9, null, 12),
  ],
  [
    'gemini-interactions',
    {
      usage: {
        ...{ total_input_tokens: 90, total_cached_tokens: 64, total_tool_use_tokens: 10 },
        ...{ total_output_tokens: 8, total_thought_tokens: 12, total_tokens: 120 },
      },
    },
    counts(100, 64, 20),
  ],
];
const apis = [...new Set(CASES.map(([api]) => api))];

describe('usageOfCall', () => {
  it.each(CASES)('of %s counts cache and tools as input and thoughts as output: %j', (api, output, expected) => {
    expect(usageOfCall({ api, inputs: { model: 'm-1' }, output })).toEqual({
      ...{ api, model: 'm-1', failed: false },
      ...expected,
    });
  });

  it.each(apis)(
    'is unknown, not zero, for a stream of %s without usage, as it was put together or in its chunks',
    (api) => {
      const [, given] = CASES.find(([name]) => name === api)!;
      for (const output of [
        { ...given, usage: null, usage_metadata: null },
        { id: 'x' },
        [given],
        'text',
        null,
        undefined,
      ]) {
        expect(usageOfCall({ api, inputs: { stream: true }, output })).toMatchObject(unknown);
      }
    },
  );

  it('is unknown for a stream of gemini-models that was put together by adding up what each chunk had repeated', () => {
    const usage_metadata = { prompt_token_count: 27, candidates_token_count: 6 };
    const answered = (headers: unknown) =>
      usageOfCall({ api: 'gemini-models', output: { sdk_http_response: { headers }, usage_metadata } });
    for (const name of ['content-type', 'Content-Type']) {
      expect(answered({ [name]: 'text/event-stream' })).toMatchObject(unknown);
      expect(answered({ date: 'x', [name]: 'text/event-stream; charset=UTF-8' })).toMatchObject(unknown);
    }
    for (const headers of [{ 'content-type': 'application/json' }, { 'x-type': 'text/event-stream' }, {}, null, 'x']) {
      expect(answered(headers)).toMatchObject(counts(27, null, 6));
    }
  });

  it('takes the counts of a stream of every other api as they are: the SDK has put it together', () => {
    const output = {
      sdk_http_response: { headers: { 'content-type': 'text/event-stream' } },
      usage: { input_tokens: 9 },
    };
    expect(usageOfCall({ api: 'openai-responses', output })).toMatchObject(counts(9, null, null));
  });

  it.each(apis)('of %s is failed where the response holds an error, and not where it is an answer', (api) => {
    const failed = (output: unknown) => usageOfCall({ api, output }).failed;
    for (const output of [
      { error: { message: 'overloaded' } },
      { type: 'error', error: {} },
      { status: 'failed', error: null },
    ])
      expect(failed(output)).toBe(true);
    for (const output of [
      { error: null },
      { error: 'x' },
      { status: 'completed' },
      { status: 'incomplete' },
      {},
      null,
      [{ error: {} }],
    ])
      expect(failed(output)).toBe(false);
  });

  it('reads nothing of an api that is not known', () => {
    const output = { error: {}, model: 'm', usage: { input_tokens: 9, output_tokens: 2 } };
    const nothing = { model: null, ...unknown, failed: false };
    expect(usageOfCall({ api: 'openai', output })).toEqual({ api: 'openai', ...nothing });
    for (const properties of [undefined, null, [], { output }, { api: 7, output }]) {
      expect(usageOfCall(properties)).toEqual({ api: null, ...nothing });
    }
  });

  it('is unknown where one of the counts that make it up is none, or all of them pass 2^53 - 1', () => {
    const input = (prompt_token_count: unknown, tool_use_prompt_token_count: unknown) =>
      usageOfCall({
        api: 'gemini-models',
        output: { usage_metadata: { prompt_token_count, tool_use_prompt_token_count } },
      }).inputTokens;
    expect(input(2 ** 53 - 2, 1)).toBe(2 ** 53 - 1);
    expect(input(2 ** 53 - 1, 1)).toBeNull();
    for (const wrong of [-1, 1.5, '9', true, [9], {}]) expect(input(9, wrong)).toBeNull();
    expect(input(0, null)).toBe(0);
  });
});

describe('usageOfBody', () => {
  it('reads the properties of the request, and never throws', () => {
    const [api, output, expected] = CASES[0]!;
    const body = Buffer.from(JSON.stringify({ event_name: 'llm', properties: { api, output } }));
    expect(usageOfBody(body)).toMatchObject({ api, ...expected });
    for (const text of ['', '{', 'null', '[]', '{"properties":7}']) {
      expect(usageOfBody(Buffer.from(text))).toMatchObject({ api: null, ...unknown });
    }
  });
});
