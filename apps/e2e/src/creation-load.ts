import { eventually } from '@logbook/testing';
import { concurrently, indexes } from './concurrently.js';
import type { Answer, Api } from './harness/api.js';
import { llmEvent } from './telemetry.js';

export const AGENTS = 500;
export const SESSIONS = 40;
const CLIENTS = 16;
const PEOPLE = 60;
/** Longer than a killed projector's partitions are nobody's. */
const PUT_TIMEOUT_MS = 60_000;

export const agentNameOf = (index: number): string => `agent-${index}`;

/** What was answered, to be compared with the rows. */
export class Outcomes {
  /** Every number a name was ever answered with. */
  readonly numbersByAgent = new Map<string, Set<number>>();
  readonly eventIds: string[] = [];
  readonly eventsBySession = new Map<string, number>();
  readonly wrong: string[] = [];

  agent(name: string, answer: Answer): void {
    const numbers = this.numbersByAgent.get(name) ?? new Set();
    this.numbersByAgent.set(name, numbers.add(answer.json<{ agent_number: number }>().agent_number));
  }

  event(session: string | undefined, answer: Answer): void {
    if (answer.status !== 200) {
      this.wrong.push(`POST /events was answered ${answer.status}: ${answer.text}`);
      return;
    }
    this.eventIds.push(answer.json<{ id: string }>().id);
    if (session !== undefined) this.eventsBySession.set(session, (this.eventsBySession.get(session) ?? 0) + 1);
  }
}

interface Operation {
  readonly kind: 'agent' | 'version' | 'event';
  readonly agent: number;
  readonly variant: number;
}

/**
 * Creates `AGENTS` agents from 16 clients at once, each of them several times over and in several ways: by PUT, by
 * naming it in an event, by putting a version. `progress` is called with the number of operations begun.
 */
export async function createConcurrently(
  api: Api,
  fingerprintId: string,
  progress: (begun: number) => void,
): Promise<Outcomes> {
  const outcomes = new Outcomes();
  await concurrently(operations(), CLIENTS, async (operation, index) => {
    progress(index);
    const name = agentNameOf(operation.agent);
    if (operation.kind !== 'event') {
      outcomes.agent(name, await putUntilAnswered(api, '/agents', { agent_name: name }));
      if (operation.kind === 'agent') return;
      const version = { agent_version_name: `v${operation.variant}` };
      await putUntilAnswered(api, `/agents/${name}/agent-versions`, version);
      return;
    }
    const session = index % 3 === 0 ? undefined : `session-${index % SESSIONS}`;
    const names = {
      agent: name,
      agent_version: `v${operation.variant}`,
      person: `person-${index % PEOPLE}`,
      ...(session && { session }),
    };
    outcomes.event(session, await api.post('/events', llmEvent(fingerprintId, names)));
  });
  return outcomes;
}

/** In an order that is the same in every run, and far from that of the names. */
function operations(): Operation[] {
  const all = indexes(AGENTS).flatMap((agent): Operation[] => [
    { kind: 'agent', agent, variant: 0 },
    { kind: 'event', agent, variant: 1 },
    { kind: 'agent', agent, variant: 0 },
    { kind: 'event', agent, variant: 2 },
    { kind: 'version', agent, variant: 1 + (agent % 3) },
  ]);
  // 1,009 is prime, and no divisor of their number, so that every operation comes once.
  return all.map((_, index) => all[(index * 1_009) % all.length] as Operation);
}

/** A PUT that the projection does not show in time is answered 503, and may be repeated. */
function putUntilAnswered(api: Api, path: string, body: object): Promise<Answer> {
  return eventually(
    async () => {
      const answer = await api.put(path, body);
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
      return answer;
    },
    { timeoutMs: PUT_TIMEOUT_MS, what: `PUT ${path} to be answered 200` },
  );
}
