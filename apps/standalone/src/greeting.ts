import { join } from 'node:path';
import type { Settings } from '@logbook/config';

export interface Greeting {
  readonly url: string;
  readonly apiKey: string | null;
  readonly settings: Settings;
}

/** What a person reads after `npm start`: where it is, the key, and two commands that record a first event. */
export function greeting({ url, apiKey, settings }: Greeting): string {
  const lines = [
    '',
    `Logbook is ready on ${url}`,
    `  log          ${settings.log.kind === 'kafka' ? `Kafka, ${settings.log.brokers.join(', ')}` : `embedded, ${settings.log.dir}`}`,
    `  projections  ${settings.store.kind === 'postgres' ? 'PostgreSQL' : `embedded, ${settings.store.dir}`}`,
    `  look-ups     ${settings.cache.kind === 'redis' ? 'Redis' : 'in this process'}`,
  ];
  if (apiKey === null) {
    lines.push('', 'The first API key was revoked; `npm run logbook -- keys issue` makes another.', '');
    return lines.join('\n');
  }
  const source = settings.bootstrapApiKey === null ? ` (kept in ${join(settings.dataDir, 'api-key')})` : '';
  lines.push(
    `  API key      ${apiKey}${source}`,
    '',
    'Try it:',
    '',
    ...firstRequests({ url, apiKey }).map((line) => `  ${line}`),
    '',
    `Documentation: ${url}/docs`,
    '',
  );
  return lines.join('\n');
}

/** A fingerprint, then an event that carries it, then what the event created; plain shell with curl and sed. */
function firstRequests({ url, apiKey }: { url: string; apiKey: string }): string[] {
  return [
    `logbook() { curl -s -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' -X "$1" ${url}/api/v1"$2" \${3:+-d "$3"}; echo; }`,
    `ID=$(logbook PUT /fingerprints '{"language":"shell","language_version":"1","system":"curl"}' | sed 's/.*"fingerprint_id":"\\([^"]*\\)".*/\\1/')`,
    `logbook POST /events '{"event_name":"llm","fingerprint_id":"'$ID'","agent":"greeter","agent_version":"v1","person":"ann","session":"s1","properties":{"api":"openai-chat-completions","output":{"usage":{"prompt_tokens":9,"completion_tokens":2}}}}'`,
    'logbook GET /agents/greeter/agent-versions/v1',
  ];
}
