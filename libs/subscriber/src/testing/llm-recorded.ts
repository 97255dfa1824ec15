import { fingerprintId, newEventId, summaryOfBody, tenant, type LlmRecorded } from '@logbook/contracts';

export interface LlmRecordedFields extends Partial<Omit<LlmRecorded, 'type' | 'body' | 'summary'>> {
  /** The `properties` of the event: what the client recorded of the call. */
  readonly properties?: object;
}

/** An LLM call as a gateway records it, with everything that a test does not care about filled in. */
export function llmRecorded({ properties = {}, ...fields }: LlmRecordedFields = {}): LlmRecorded {
  const body = Buffer.from(JSON.stringify({ event_name: 'llm', properties }));
  return {
    type: 'com.logbook.llm.recorded.v1',
    id: newEventId(),
    timeMs: Date.now(),
    source: 'test',
    tenant: tenant('default'),
    fingerprintId: fingerprintId('00000000-0000-8000-8000-000000000000'),
    agentName: 'default',
    agentVersionName: 'default',
    personId: null,
    session: null,
    ...fields,
    summary: summaryOfBody(body),
    body,
  };
}
