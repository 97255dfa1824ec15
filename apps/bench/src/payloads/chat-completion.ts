/** Who made a call, as the body of an event says it; what is absent is not in the body. */
export interface ChatCompletionNames {
  readonly fingerprint_id: string;
  readonly agent: string;
  readonly agent_version?: string;
  readonly person?: string;
  readonly session?: string;
}

export interface ChatCompletionText {
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Of the question, and as many of the answer; 45 make a body of about 1.3 KB, each more 14 bytes. */
  readonly words: number;
}

export const SMALL_CHAT_WORDS = 45;

/**
 * A recorded chat completion: a system prompt that an agent's calls share, and a question and an answer that no other
 * call has, so that a batch of them shrinks about as one of real calls does.
 */
export function chatCompletionBody(names: ChatCompletionNames, { random, words }: ChatCompletionText): Buffer {
  const prompt = 80 + Math.floor(random() * 900);
  const completion = 10 + Math.floor(random() * 200);
  return Buffer.from(
    JSON.stringify({
      event_name: 'llm',
      ...names,
      properties: {
        api: 'openai-chat-completions',
        inputs: {
          model: 'gpt-4o-mini',
          temperature: 0.2,
          messages: [
            { role: 'system', content: `You are ${names.agent}, an assistant of a web shop. ${SYSTEM_PROMPT}` },
            { role: 'user', content: text(words, random) },
          ],
        },
        output: {
          id: `chatcmpl-${Math.floor(random() * 1e12).toString(36)}`,
          model: 'gpt-4o-mini-2024-07-18',
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text(words, random) } }],
          usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
        },
      },
    }),
  );
}

const text = (words: number, random: () => number): string =>
  Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');

const WORDS =
  'order status refund invoice customer shipment delayed because warehouse payment was declined by their bank please check the last update and answer in a friendly tone with two options account number email address was changed yesterday after support ticket escalation policy says within thirty days of delivery otherwise offer store credit or replacement item size color quantity weight'.split(
    ' ',
  );

const SYSTEM_PROMPT =
  'Answer in the language of the customer, never promise a date, quote the order number where there is one, and hand over ' +
  'to a person when the customer asks twice. Prices are in euros and include taxes.';
