import { extractSummary, SUMMARY_EXTRACTOR_VERSION, summaryOfBody } from './summary.js';

const summary = (
  api: string | null,
  model: string | null,
  inputTokens: number | null,
  outputTokens: number | null,
) => ({
  extractor: SUMMARY_EXTRACTOR_VERSION,
  api,
  model,
  inputTokens,
  outputTokens,
});
const nothing = summary(null, null, null, null);

/** A response as each api's SDK prints it, cut down to what stands near a summary. */
const OUTPUTS = {
  'openai-chat-completions': {
    model: 'm-1',
    choices: [],
    usage: { completion_tokens: 2, prompt_tokens: 9, total_tokens: 11 },
  },
  'openai-responses': { model: 'm-1', output: [], usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 } },
  'anthropic-messages': {
    model: 'm-1',
    content: [],
    usage: { cache_read_input_tokens: 5, input_tokens: 9, output_tokens: 2 },
  },
  'anthropic-beta-messages': { model: 'm-1', content: [], usage: { input_tokens: 9, output_tokens: 2 } },
  'gemini-models': {
    model_version: 'm-1',
    candidates: [],
    usage_metadata: {
      prompt_token_count: 9,
      candidates_token_count: 2,
      thoughts_token_count: null,
      total_token_count: 11,
    },
  },
  'gemini-interactions': {
    model: 'm-1',
    agent: null,
    outputs: [],
    usage: { total_input_tokens: 9, total_output_tokens: 2, total_thought_tokens: 1, total_tokens: 12 },
  },
} as const;
const apis = Object.keys(OUTPUTS) as (keyof typeof OUTPUTS)[];

describe('extractSummary', () => {
  it.each(apis)('reads model and counts of %s', (api) => {
    expect(extractSummary({ api, inputs: { model: 'asked' }, output: OUTPUTS[api] })).toEqual(
      summary(api, 'm-1', 9, 2),
    );
  });

  it.each(apis)('names the model that was asked of %s where the response names none', (api) => {
    for (const output of [undefined, null, 'text', 7, {}, [OUTPUTS[api]]]) {
      expect(extractSummary({ api, inputs: { model: 'asked' }, output })).toEqual(summary(api, 'asked', null, null));
      expect(extractSummary({ api, output })).toEqual(summary(api, null, null, null));
    }
  });

  it.each(apis)('is without counts of %s that are null, as a stream without usage has them', (api) => {
    const output = { ...OUTPUTS[api], usage: null, usage_metadata: null };
    expect(extractSummary({ api, output })).toEqual(summary(api, 'm-1', null, null));
  });

  it('takes nothing but its name from an api that is not known', () => {
    for (const api of ['openai', 'OpenAI-Responses', 'toString', '__proto__', '', ' ']) {
      const properties = { api, inputs: { model: 'asked' }, output: OUTPUTS['openai-responses'] };
      expect(extractSummary(properties)).toEqual(summary(api, null, null, null));
    }
  });

  it('is of nulls where there is no api, or it is not a string', () => {
    for (const api of [undefined, null, 1, {}, ['openai-responses']]) {
      expect(extractSummary({ api, inputs: { model: 'm' }, output: OUTPUTS['openai-responses'] })).toEqual(nothing);
    }
    for (const properties of [undefined, null, 'x', 1, [], [{ api: 'openai-responses' }]]) {
      expect(extractSummary(properties)).toEqual(nothing);
    }
  });

  it('takes whole counts that a double holds exactly, and no others', () => {
    const counted = (prompt_tokens: unknown) =>
      extractSummary({ api: 'openai-chat-completions', output: { usage: { prompt_tokens } } }).inputTokens;
    for (const count of [0, 1, 2 ** 53 - 1]) expect(counted(count)).toBe(count);
    for (const count of [-1, 1.5, 2 ** 53, 1e300, '9', true, null, [9], {}]) expect(counted(count)).toBeNull();
    expect(counted(-0)).toBe(0);
  });

  it('leaves out a text over 256 bytes of UTF-8, or one that a header or a column cannot hold', () => {
    const model = (text: string) => extractSummary({ api: 'openai-responses', output: { model: text } }).model;
    for (const text of ['x'.repeat(256), 'é'.repeat(128), '👩'.repeat(64), '', ' m ', 'a\nb'])
      expect(model(text)).toBe(text);
    for (const text of ['x'.repeat(257), 'é'.repeat(129), '👩'.repeat(65), 'a\0', '\ud800'])
      expect(model(text)).toBeNull();
    expect(extractSummary({ api: 'x'.repeat(257) })).toEqual(nothing);
  });

  it('reads nothing from a prototype', () => {
    expect(extractSummary(Object.create({ api: 'openai-responses' }))).toEqual(nothing);
    const body =
      '{"properties":{"api":"openai-responses","output":{"__proto__":{"model":"m","usage":{"input_tokens":1}}}}}';
    expect(summaryOfBody(Buffer.from(body))).toEqual(summary('openai-responses', null, null, null));
  });
});

describe('summaryOfBody', () => {
  it('reads the properties of the request', () => {
    const body = { event_name: 'llm', properties: { api: 'gemini-models', output: OUTPUTS['gemini-models'] } };
    expect(summaryOfBody(Buffer.from(JSON.stringify(body)))).toEqual(summary('gemini-models', 'm-1', 9, 2));
    expect(summaryOfBody(Buffer.from(`\ufeff${JSON.stringify(body)}`))).toEqual(summary('gemini-models', 'm-1', 9, 2));
  });

  it('is of nulls for what is no request, and never throws', () => {
    for (const body of ['', '{', '\ufeff', 'null', '[]', '"x"', '{}', '{"properties":null}', '['.repeat(100_000)]) {
      expect(summaryOfBody(Buffer.from(body))).toEqual(nothing);
    }
    expect(summaryOfBody(Buffer.from([0xff, 0xfe]))).toEqual(nothing);
  });
});
