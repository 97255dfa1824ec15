/** About 1.3 KB, the size of a small chat completion as the public Python client sends it. */
export function eventBody(fingerprintId: string, session = 'bench-session'): Buffer {
  const sentence = 'The quick brown fox jumps over the lazy dog while the log grows by one message at a time. ';
  return Buffer.from(
    JSON.stringify({
      event_name: 'llm',
      fingerprint_id: fingerprintId,
      agent: 'bench',
      agent_version: 'v1',
      person: 'ann',
      session,
      properties: {
        api: 'openai-chat-completions',
        inputs: {
          model: 'gpt-4o-mini',
          temperature: 0.2,
          messages: [
            { role: 'system', content: sentence.repeat(3) },
            { role: 'user', content: sentence.repeat(3) },
          ],
        },
        output: {
          id: 'chatcmpl-bench',
          model: 'gpt-4o-mini-2024-07-18',
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: sentence.repeat(4) } }],
          usage: { prompt_tokens: 131, completion_tokens: 88, total_tokens: 219 },
        },
      },
    }),
  );
}

/** A name that this run has not used yet, so that every request creates. */
export const agentBody = (agentName: string): Buffer =>
  Buffer.from(JSON.stringify({ agent_name: agentName, description: 'made by a benchmark' }));
