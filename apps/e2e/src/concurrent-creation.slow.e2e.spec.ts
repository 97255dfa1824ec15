import { untilCaughtUp } from './caught-up.js';
import { indexes } from './concurrently.js';
import { AGENTS, agentNameOf, createConcurrently, type Outcomes } from './creation-load.js';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { ReplayDatabase } from './replay-database.js';
import { differences, dumpRows, type Rows } from './rows.js';
import { stopStarted } from './stop-started.js';
import { registerFingerprint } from './telemetry.js';

/** How many operations have begun when a projector is killed. */
const KILL_AT = 800;

interface AgentRow {
  readonly agent_name: string;
  readonly agent_number: number;
}
interface VersionRow extends AgentRow {
  readonly agent_version_number: number;
}
interface SessionRow {
  readonly session: string;
  readonly event_count: number;
}

describe('creating the same agents from many clients while a projector is killed', () => {
  let system: System;
  let outcomes: Outcomes;
  let rows: Rows;
  let killed: ServiceProcess | undefined;

  beforeAll(async () => {
    system = await startScale({ gateways: 2, projectors: 2 });
    const fingerprintId = await registerFingerprint(system.api);
    let killing: Promise<void> | undefined;
    outcomes = await createConcurrently(system.api, fingerprintId, (begun) => {
      if (begun >= KILL_AT) killing ??= killTheBusier();
    });
    await killing;
    await untilCaughtUp(system);
    rows = await system.withStore(dumpRows);
  }, 180_000);
  afterAll(() => stopStarted(system), 60_000);

  /** The one that folds the agents: all of a tenant's share a key, so one partition and one projector. */
  async function killTheBusier(): Promise<void> {
    const folded = await Promise.all(system.projectors.map(foldedCommands));
    killed = system.projectors[(folded[0] ?? 0) >= (folded[1] ?? 0) ? 0 : 1];
    await killed?.kill();
  }

  const table = <T>(name: string): T[] => (rows[name] ?? []).map((row) => JSON.parse(row) as T);

  it('refuses no event, and goes on after one projector is gone', () => {
    expect(killed?.running).toBe(false);
    expect(outcomes.wrong).toEqual([]);
  });

  it('numbers the agents from 1 without gaps, one each', () => {
    const agents = table<AgentRow>('agents');
    expect(agents.map(({ agent_name }) => agent_name).sort()).toEqual(indexes(AGENTS).map(agentNameOf).sort());
    expect(agents.map(({ agent_number }) => agent_number).sort((a, b) => a - b)).toEqual(
      indexes(AGENTS).map((index) => index + 1),
    );
  });

  it('answers every PUT of a name with the number that the name keeps', () => {
    const kept = new Map(table<AgentRow>('agents').map(({ agent_name, agent_number }) => [agent_name, [agent_number]]));
    const answered = new Map([...outcomes.numbersByAgent].map(([name, numbers]) => [name, [...numbers]]));
    expect(answered).toEqual(kept);
  });

  it('numbers the versions of each agent from 1 without gaps', () => {
    const byAgent = new Map<string, number[]>();
    for (const { agent_name, agent_version_number } of table<VersionRow>('agent_versions')) {
      byAgent.set(agent_name, [...(byAgent.get(agent_name) ?? []), agent_version_number].sort());
    }
    expect(byAgent.size).toBe(AGENTS);
    const wrong = [...byAgent].filter(([, numbers]) => numbers.some((number, index) => number !== index + 1));
    expect(wrong).toEqual([]);
  });

  it('holds every accepted event once, and no other', () => {
    const ids = table<{ event_id: string }>('events').map(({ event_id }) => event_id);
    expect(ids.sort()).toEqual([...outcomes.eventIds].sort());
  });

  it('counts exactly the accepted events of every session', () => {
    const counts = new Map(table<SessionRow>('sessions').map(({ session, event_count }) => [session, event_count]));
    expect(counts).toEqual(outcomes.eventsBySession);
  });

  it('comes to the same rows in an empty database that is fed from the log anew', async () => {
    const replay = await ReplayDatabase.create(system, `replay_${Date.now()}`);
    try {
      const replayed = await replay.replay(dumpRows);
      expect(differences(rows, replayed)).toEqual([]);
    } finally {
      await replay.drop();
    }
  }, 90_000);
});

async function foldedCommands({ url }: ServiceProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^logbook_projected_messages_total\{[^}]*topic="commands"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}
