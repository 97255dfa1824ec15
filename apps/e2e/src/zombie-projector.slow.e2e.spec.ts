import { FOLDED_TOPICS } from '@logbook/contracts';
import { eventually } from '@logbook/testing';
import { NetworkLink } from './harness/network-link.js';
import { type ProjectorOnKafka, startProjectorOnKafka } from './harness/projector-on-kafka.js';
import type { ServiceProcess } from './harness/service-process.js';
import { stopStarted } from './stop-started.js';
import { History } from './sweep/history.js';
import { outcomeOf, untilLevel } from './sweep/outcome.js';

const APPENDED = 300;
const SHARED_TIMEOUT_MS = 90_000;
const REJOINED_TIMEOUT_MS = 90_000;

describe('a projector frozen past its session, with a batch on its way, while another takes over', () => {
  let system: ProjectorOnKafka;
  let link: NetworkLink;
  let frozen: ServiceProcess;
  let other: ServiceProcess;
  let history: History;
  let written: { readonly byFrozenBefore: number; readonly byFrozenAtFreeze: number };

  beforeAll(async () => {
    system = await startProjectorOnKafka();
    history = new History(system.log);
    link = await NetworkLink.to(system.environment['DATABASE_URL'] ?? '');
    frozen = await system.projector({ DATABASE_URL: link.url });
    other = await system.projector();
    await Promise.all([frozen.start(), other.start()]);
    await bothFold();
    await untilLevel(system.log, system.store);
    const byFrozenBefore = await counted(frozen, 'logbook_projected_messages_total');
    link.hold();
    await history.append(APPENDED);
    await eventually(() => link.heldText().includes('BEGIN'), { what: 'a batch to be on its way' });
    frozen.pause();
    // Its session ends, the other one gets its partitions and folds what it had fetched.
    await untilLevel(system.log, system.store);
    link.release();
    frozen.resume();
    written = { byFrozenBefore, byFrozenAtFreeze: await counted(frozen, 'logbook_projected_messages_total') };
  }, 300_000);
  afterAll(() => stopStarted(system, link), 60_000);

  /** Appends until each of the two has folded something, so that each owns partitions. */
  async function bothFold(): Promise<void> {
    await eventually(
      async () => {
        await history.append(APPENDED / 3);
        const done = await Promise.all(
          [frozen, other].map((projector) => counted(projector, 'logbook_projected_messages_total')),
        );
        return done.every((messages) => messages > 0);
      },
      { timeoutMs: SHARED_TIMEOUT_MS, intervalMs: 500, what: 'both projectors to fold' },
    );
  }

  async function counted(projector: ServiceProcess, metric: string, labels = ''): Promise<number> {
    const text = await (await fetch(`${projector.url}/metrics`)).text();
    const samples = text.matchAll(new RegExp(`^${metric}\\{([^}]*)\\} (\\d+)$`, 'gm'));
    return [...samples].reduce((sum, [, of, value]) => (of?.includes(labels) ? sum + Number(value) : sum), 0);
  }

  it('says that its late batch was not written, in its log and by its metric', async () => {
    await eventually(async () => (await counted(frozen, 'logbook_projected_batches_total', 'outcome="STALE"')) > 0, {
      timeoutMs: SHARED_TIMEOUT_MS,
      what: 'the late batch to be refused',
    });
    expect(frozen.output).toContain('another projector moved this checkpoint; nothing was written');
    expect(written.byFrozenAtFreeze).toBe(written.byFrozenBefore);
  }, 120_000);

  it('goes on as a member of the group', async () => {
    const before = await counted(frozen, 'logbook_projected_messages_total');
    await eventually(
      async () => {
        await history.append(APPENDED / 3);
        return (await counted(frozen, 'logbook_projected_messages_total')) > before;
      },
      { timeoutMs: REJOINED_TIMEOUT_MS, intervalMs: 500, what: 'the projector to fold again' },
    );
  }, 120_000);

  it('leaves what a clean replay gives, each message folded once by one of the two', async () => {
    await untilLevel(system.log, system.store);
    const { code, stdout } = await system.cli('verify', '--json');
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, same: true });
    expect((await outcomeOf(system.store)).rows).toEqual(history.expected);
    const ends = await Promise.all(FOLDED_TOPICS.map((topic) => system.log.ends(topic)));
    const appended = ends.flat().reduce<number>((sum, end) => sum + end, 0);
    const folded = await Promise.all(
      [frozen, other].map((projector) => counted(projector, 'logbook_projected_messages_total')),
    );
    expect(folded.reduce((sum, messages) => sum + messages, 0)).toBe(appended);
  }, 120_000);
});
