import type { Api } from './harness/api.js';

/** Registers an environment and gives its id, which events need. */
export async function registerFingerprint(api: Api): Promise<string> {
  const answer = await api.put('/fingerprints', { language: 'node', language_version: '20', system: 'e2e' });
  if (answer.status !== 200) throw new Error(`PUT /fingerprints was answered ${answer.status}: ${answer.text}`);
  return answer.json<{ fingerprint_id: string }>().fingerprint_id;
}

export interface EventNames {
  readonly agent?: string;
  readonly agent_version?: string;
  readonly person?: string;
  readonly session?: string;
}

/** The body of an event with token counts, so that sums in sessions can go wrong. */
export const llmEvent = (fingerprintId: string, names: EventNames): object => ({
  event_name: 'llm',
  fingerprint_id: fingerprintId,
  ...names,
  properties: {
    api: 'openai-chat-completions',
    inputs: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] },
    output: { usage: { prompt_tokens: 9, completion_tokens: 2 } },
  },
});
