import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { Generations, type KnownGeneration, Pointer } from '@logbook/store';
import { eventually } from '@logbook/testing';
import { followGeneration } from '../generation-follower.js';
import { logEndsOf } from '../log-ends.js';
import { freeze } from './freeze.js';
import { appendHistory, catchUp, liveGeneration, timeOfEvent, untilLevel, type Opened } from './opened.contract.js';
import { rebuild, type RebuildOptions } from './rebuild.js';
import { vectorAsOf } from './vector-as-of.js';
import { verifyGeneration } from './verify-generation.js';

export function describeRebuild(open: () => Promise<Opened>): void {
  describe('a rebuild', () => {
    let opened: Opened;

    beforeEach(async () => {
      opened = await open();
      await appendHistory(opened.log, { from: 0, to: 60 });
    }, 60_000);
    afterEach(() => opened.close());

    const options = (given: Partial<RebuildOptions> = {}): RebuildOptions => ({
      ...opened,
      follow: true,
      swap: true,
      onProgress: () => undefined,
      ...given,
    });
    const create = (foldVersion = CURRENT_FOLD_VERSION) =>
      new Generations(opened.store).create({
        logId: opened.logId,
        foldVersion,
        state: 'FOLLOWED',
        until: { commands: [], events: [] },
      });
    const rowsIn = async (table: string): Promise<number> =>
      (await opened.store.pool.query<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)).rows[0]?.count ?? -1;

    it('builds a generation beside the one that is followed, verifies it, and points readers to it', async () => {
      const live = await liveGeneration(opened.store);
      const projector = await followGeneration(live, opened);
      const rebuilt = await rebuild(options());
      expect(rebuilt).toMatchObject({
        generation: 'gen_2',
        resumed: false,
        verification: { same: true },
        swap: { outcome: 'SWAPPED', from: 'gen_1', to: 'gen_2' },
      });
      await projector.stop();
      expect(await liveGeneration(opened.store)).toMatchObject({ name: 'gen_2', verifiedAtMs: expect.any(Number) });
      expect(await rowsIn('gen_2.events')).toBe(60);
      const second = await verifyGeneration(live, opened);
      expect(second.contentDigest).toBe(rebuilt.verification.contentDigest);
    });

    it('leaves readers where they are when asked to, and is not begun twice', async () => {
      const built = await rebuild(options({ swap: false }));
      expect(built).toMatchObject({ generation: 'gen_2', resumed: false });
      expect(built.swap).toBeUndefined();
      expect(await liveGeneration(opened.store)).toMatchObject({ name: 'gen_1' });
      await expect(rebuild(options({ swap: false }))).resolves.toMatchObject({ generation: 'gen_2', resumed: true });
    });

    it('goes on with what an interrupted one had begun, and begins anew once readers were pointed to that', async () => {
      const stopping = new AbortController();
      const interrupted = rebuild(options({ signal: stopping.signal, onProgress: () => stopping.abort() }));
      await expect(interrupted).rejects.toThrow();
      await expect(rebuild(options())).resolves.toMatchObject({ generation: 'gen_2', resumed: true });
      await expect(rebuild(options({ swap: false }))).resolves.toMatchObject({ resumed: false });
    });

    it('does not point readers to one that differs from a replay', async () => {
      const generation = await create();
      await catchUp(opened, generation);
      await opened.store.pool.query('UPDATE gen_2.sessions SET event_count = event_count + 1');
      const built = await rebuild(options());
      expect(built).toMatchObject({ resumed: true, verification: { same: false } });
      expect(built.swap).toBeUndefined();
      expect(await liveGeneration(opened.store)).toMatchObject({ name: 'gen_1' });
    });

    it('waits for whoever follows the generation where it does not do so itself', async () => {
      const rebuilding = rebuild(options({ follow: false }));
      const generations = new Generations(opened.store);
      await eventually(async () => (await generations.find('gen_2')) !== undefined, { what: 'the generation' });
      const building = (await generations.find('gen_2')) as KnownGeneration;
      const projector = await followGeneration(building, opened);
      await expect(rebuilding).resolves.toMatchObject({ swap: { outcome: 'SWAPPED' } });
      await projector.stop();
    });

    it('keeps the way back: what was accepted after the swap is in the previous generation too', async () => {
      const projector = await followGeneration(await liveGeneration(opened.store), opened);
      await rebuild(options());
      const second = await followGeneration(await liveGeneration(opened.store), opened);
      await appendHistory(opened.log, { from: 60, to: 80 });
      await untilLevel(opened, await liveGeneration(opened.store), [projector, second]);
      await expect(new Pointer(opened.store).rollback()).resolves.toMatchObject({ outcome: 'SWAPPED', to: 'gen_1' });
      expect(await rowsIn('gen_1.events')).toBe(80);
      await projector.stop();
      await second.stop();
    });

    it('stops at a vector: the state as of then, which nobody follows', async () => {
      const asOfMs = timeOfEvent(29);
      const until = await vectorAsOf(opened.log, asOfMs, opened.signal);
      const frozen = await freeze({ ...options(), until, asOfMs });
      expect(frozen).toMatchObject({ name: 'gen_2', state: 'FROZEN', asOfMs, until });
      expect(await rowsIn('gen_2.events')).toBe(30);
      await expect(verifyGeneration(frozen, opened)).resolves.toMatchObject({ same: true });
      await expect(new Pointer(opened.store).swap(frozen.name)).resolves.toMatchObject({ outcome: 'NOT_FOLLOWED' });
      // The same vector again is the same generation; another one is another.
      await expect(freeze({ ...options(), until, asOfMs })).resolves.toMatchObject({ name: 'gen_2' });
      const whole = await freeze({ ...options(), until: await logEndsOf(opened.log) });
      expect(whole).toMatchObject({ state: 'FROZEN', asOfMs: null });
      expect(await rowsIn(`${whole.name}.events`)).toBe(60);
    });

    it('ends a prefix before the first message that is later, and not after it', async () => {
      const sum = async (timeMs: number): Promise<number> =>
        (await vectorAsOf(opened.log, timeMs, opened.signal)).events.reduce<number>((a, b) => a + b, 0);
      expect(await sum(timeOfEvent(29) - 1)).toBe(29);
      expect(await sum(timeOfEvent(29))).toBe(30);
      expect(await sum(0)).toBe(0);
      expect(await sum(Infinity)).toBe(60);
    });

    it('lets one of two that believe they own the same partitions write; the other writes nothing and says so', async () => {
      const live = await liveGeneration(opened.store);
      // Another group: neither knows of the other, as after a lost membership.
      const zombie = { ...live, id: '00000000-0000-4000-8000-00000000dead' };
      const followers = await Promise.all([followGeneration(live, opened), followGeneration(zombie, opened)]);
      for (let from = 60; from < 600; from += 20) await appendHistory(opened.log, { from, to: from + 20 });
      await untilLevel(opened, live, followers);
      await Promise.all(followers.map((follower) => follower.stop()));
      expect(await rowsIn('gen_1.events')).toBe(600);
      await expect(verifyGeneration(live, opened)).resolves.toMatchObject({ same: true });
      const text = await opened.metrics.text();
      const counted = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((sum, [, n]) => sum + Number(n), 0);
      expect(counted(/^logbook_projected_messages_total\{[^}]*\} (\d+)$/gm)).toBe(600 * 3);
      expect(counted(/^logbook_projected_batches_total\{[^}]*outcome="STALE"[^}]*\} (\d+)$/gm)).toBeGreaterThan(0);
    });
  });
}
