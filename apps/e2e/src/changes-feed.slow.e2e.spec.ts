import type { Change } from '@logbook/contracts';
import { eventually } from '@logbook/testing';
import { FeedReader } from './feed-reader.js';
import { liveGeneration } from './harness/projections.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';
import { stopStarted } from './stop-started.js';

const NAMES = 25;
const CLIENTS = 4;
const CAUGHT_UP_TIMEOUT_MS = 120_000;

interface Status {
  readonly partitions: readonly { readonly lag: number | null }[];
  readonly changes: readonly { readonly lag: number | null }[];
}

/** Creates and changes agents, versions and people all the time; what is answered 503 is left at that. */
class ChangingLoad {
  changes = 0;
  private running = true;
  private readonly clients: Promise<void>[];

  constructor(private readonly system: System) {
    this.clients = Array.from({ length: CLIENTS }, (_, client) => this.run(client));
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.clients);
  }

  private async run(client: number): Promise<void> {
    const { api } = this.system;
    for (let round = 0; this.running; round += 1) {
      const name = `n/${(round * CLIENTS + client) % NAMES}`;
      const path = `/agents/${encodeURIComponent(name)}`;
      const calls = [
        () => api.put('/people', { person_id: name, properties: { client, round } }),
        () => api.put('/agents', { agent_name: name }),
        () => api.patch(path, { description: `${client} ${round}`, deprecated: round % 2 === 0 }),
        () => api.put(`${path}/agent-versions`, { agent_version_name: `v${round % 3}` }),
      ];
      const call = calls[round % calls.length];
      if (call !== undefined && (await call()).status === 200) this.changes += 1;
    }
  }
}

describe('a service that reads the feed of changes from its beginning and follows it', () => {
  let system: System;
  const finishing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    system = await startScale({ gateways: 1, projectors: 2 });
  }, 120_000);
  afterAll(async () => {
    for (const finish of finishing) await finish();
    await stopStarted(system);
  }, 60_000);

  const allPublished = (): Promise<unknown> =>
    eventually(
      async () => {
        const { partitions, changes } = await system.cliJson<Status>('status', '--json');
        const lags = [...partitions.filter(({ lag }) => lag !== null), ...changes].map(({ lag }) => lag);
        if (lags.some((lag) => lag !== 0)) throw new Error(`lags are ${lags.join()}`);
      },
      { timeoutMs: CAUGHT_UP_TIMEOUT_MS, intervalMs: 200, what: 'everything to be projected and published' },
    );

  /** The reader has what the API answers, about everything there is. */
  async function requireExact({ copy }: FeedReader): Promise<void> {
    const { rows } = await system.withStore(async ({ pool }) => {
      const live = await liveGeneration({ pool } as never);
      return pool.query<{ count: number }>(
        `SELECT ((SELECT count(*) FROM ${live}.agents) + (SELECT count(*) FROM ${live}.agent_versions)
                 + (SELECT count(*) FROM ${live}.people))::int AS count`,
      );
    });
    expect(copy.size).toBe(rows[0]?.count);
    for (const [key, change] of copy) {
      const answer = await system.api.get(key.replace(/^default/, ''));
      expect([key, answer.status, answer.json()]).toEqual([key, 200, expect.objectContaining(asAnswered(change))]);
    }
  }

  it('has an exact copy, whatever projectors, rebuilds and rollbacks did meanwhile, and so has one that comes later', async () => {
    await system.withLog(async (log) => {
      const early = await FeedReader.start(log);
      finishing.unshift(() => early.stop());
      const load = new ChangingLoad(system);
      finishing.unshift(() => load.stop());
      await eventually(() => early.messages > 50, { what: 'the feed to come', timeoutMs: CAUGHT_UP_TIMEOUT_MS });
      const [first, second] = system.projectors;
      await first?.kill();
      const rebuilding = system.cli('rebuild', '--json');
      await first?.start();
      const { code, stderr } = await rebuilding;
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      // Frozen with the feed in its hands: the other one takes it over, and it comes back too late.
      second?.pause();
      const before = load.changes;
      await eventually(() => load.changes > before + 20, {
        what: 'changes meanwhile',
        timeoutMs: CAUGHT_UP_TIMEOUT_MS,
      });
      second?.resume();
      expect((await system.cli('rollback')).code).toBe(0);
      await load.stop();
      await allPublished();
      await eventually(() => requireExact(early), { what: 'the copy to be exact', timeoutMs: CAUGHT_UP_TIMEOUT_MS });

      expect((await system.cli('changes', 'republish')).code).toBe(0);
      await allPublished();
      const late = await FeedReader.start(log);
      finishing.unshift(() => late.stop());
      await eventually(() => requireExact(late), { what: 'its copy to be exact', timeoutMs: CAUGHT_UP_TIMEOUT_MS });
      await eventually(() => late.messages === early.messages, { what: 'both to have read everything' });
      await requireExact(early);
      expect(late.messages).toBeGreaterThanOrEqual(2 * late.copy.size);
      process.stdout.write(
        `${load.changes} changes answered, ${late.messages} published of ${late.copy.size} entities\n`,
      );
      await Promise.all([early.stop(), late.stop()]);
    });
  }, 400_000);
});

function asAnswered(change: Change): object {
  const time = (timeMs: number | null): string | null => (timeMs === null ? null : new Date(timeMs).toISOString());
  switch (change.type) {
    case 'com.logbook.agent.changed.v1': {
      const { agentName, agent } = change;
      return {
        agent_name: agentName,
        agent_number: agent?.agentNumber,
        description: agent?.description,
        created_at: time(agent?.createdAtMs ?? null),
        deprecated_at: time(agent?.deprecatedAtMs ?? null),
      };
    }
    case 'com.logbook.agent-version.changed.v1': {
      const { agentVersionName, agentVersion: version } = change;
      return {
        agent_version_name: agentVersionName,
        agent_version_number: version?.agentVersionNumber,
        description: version?.description,
        created_at: time(version?.createdAtMs ?? null),
        deprecated_at: time(version?.deprecatedAtMs ?? null),
      };
    }
    case 'com.logbook.person.changed.v1': {
      const { personId, person } = change;
      return {
        person_id: personId,
        properties: JSON.parse(person?.propertiesJson ?? 'null') as unknown,
        created_at: time(person?.createdAtMs ?? null),
      };
    }
  }
}
