import { entityId, usageOfBody, type CallUsage, type LlmRecorded } from '@logbook/contracts';

/** A recorded call as it is counted. */
export interface Call extends CallUsage {
  readonly eventId: string;
  /** Which totals it belongs to. */
  readonly totalsId: string;
  /** Days since 1970-01-01, UTC. */
  readonly day: number;
  readonly tenant: string;
  readonly agent: string;
  readonly agentVersion: string;
}

const DAY_MS = 86_400_000;

export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);
export const dayStartMs = (day: number): number => day * DAY_MS;

/** What is counted of events in the order of the log. Of two with one id, a call that was sent again, the first stands. */
export function callsOf(events: readonly LlmRecorded[]): Call[] {
  const calls = new Map<string, Call>();
  for (const event of events) if (!calls.has(event.id)) calls.set(event.id, callOf(event));
  return [...calls.values()];
}

function callOf({ id, timeMs, tenant, agentName, agentVersionName, body }: LlmRecorded): Call {
  const day = dayOf(timeMs);
  const usage = usageOfBody(body);
  // Names are too long to be index entries together; a null must not equal a name.
  const apiAndModel = JSON.stringify([usage.api, usage.model]);
  return {
    ...usage,
    eventId: id,
    totalsId: entityId(String(day), tenant, agentName, agentVersionName, apiAndModel),
    day,
    tenant,
    agent: agentName,
    agentVersion: agentVersionName,
  };
}
