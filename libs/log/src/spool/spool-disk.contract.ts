import { logId } from '@logbook/contracts';
import { frameEntry } from './spool-entry.js';
import type { SpoolDisk, SpoolQueue } from './spool-disk.js';

export interface SpoolPlaceUnderTest {
  /** What a process that starts now has of it; gone once it is released. */
  claim(): Promise<SpoolDisk>;
  release(): Promise<void>;
}

const LOG = logId('5b0a3f5e-7a54-4b57-9d5c-0f6f3c1c8a01');
const ALL = { messagesMax: 1_000, bytesMax: 1024 * 1024 };
const frame = (id: string): Buffer =>
  frameEntry('events', { key: 'key', headers: { ce_id: id, empty: '' }, value: Buffer.from(id) }, 1);
const idsIn = (queue: SpoolQueue, limits = ALL): string[] =>
  queue.read(limits).map(({ message }) => message.headers['ce_id'] ?? '');

/** What every place for spools promises. */
export function describeSpoolDiskContract(kind: string, open: () => Promise<SpoolPlaceUnderTest>): void {
  describe(`the spool disk contract in ${kind}`, () => {
    let place: SpoolPlaceUnderTest;
    let disk: SpoolDisk;
    let queue: SpoolQueue;
    beforeEach(async () => {
      place = await open();
      disk = await place.claim();
      queue = await disk.create(LOG);
    });
    afterEach(() => place.release());

    async function adopted(by: SpoolDisk): Promise<SpoolQueue[]> {
      const queues: SpoolQueue[] = [];
      for await (const left of by.adopt()) queues.push(left);
      return queues;
    }
    async function end(): Promise<void> {
      await queue.close();
      await disk.release();
    }

    it('gives back what was appended, in the order of the calls, within the limits of a read', async () => {
      await Promise.all([queue.append([frame('a'), frame('b')]), queue.append([frame('c')])]);
      expect(idsIn(queue)).toEqual(['a', 'b', 'c']);
      expect(idsIn(queue, { ...ALL, messagesMax: 2 })).toEqual(['a', 'b']);
      expect(idsIn(queue, { ...ALL, bytesMax: 2 * frame('a').length })).toEqual(['a', 'b']);
      expect(idsIn(queue, { ...ALL, bytesMax: 2 * frame('a').length - 1 })).toEqual(['a']);
      expect(idsIn(queue, { ...ALL, bytesMax: 1 })).toEqual(['a']);
      expect(queue.read(ALL)[0]).toMatchObject({
        topic: 'events',
        message: { key: 'key', headers: { ce_id: 'a', empty: '' }, value: Buffer.from('a') },
        spooledAtMs: 1,
        bytes: frame('a').length,
      });
      await end();
    });

    it('forgets what was removed and goes on behind it', async () => {
      await queue.append([frame('a'), frame('b'), frame('c')]);
      await queue.remove(queue.read({ ...ALL, messagesMax: 2 }).at(-1)?.sequence ?? 0);
      await queue.append([frame('d')]);
      expect(idsIn(queue)).toEqual(['c', 'd']);
      expect(queue.figures()).toMatchObject({ messages: 2, bytes: 2 * frame('a').length, oldestAtMs: 1 });
      await queue.remove(queue.read(ALL).at(-1)?.sequence ?? 0);
      expect(queue.isEmpty).toBe(true);
      await end();
    });

    it('keeps a parked message apart, counts it, and puts it at the end when it is unparked', async () => {
      await queue.append([frame('a'), frame('b')]);
      const [first] = queue.read(ALL);
      if (first !== undefined) await queue.park(first, 'too large');
      expect(idsIn(queue)).toEqual(['b']);
      expect(queue.figures()).toMatchObject({ parkedMessages: 1, parkedBytes: frame('a').length });
      expect(queue.bytesHeld).toBe(2 * frame('a').length);
      await queue.unpark();
      expect(idsIn(queue)).toEqual(['b', 'a']);
      expect(queue.figures()).toMatchObject({ parkedMessages: 0, parkedBytes: 0 });
      await end();
    });

    it('hands what a process has left to the next one, once', async () => {
      await queue.append([frame('a')]);
      await end();
      const [second, third] = [await place.claim(), await place.claim()];
      const found = await adopted(second);
      expect(found.map((left) => idsIn(left))).toEqual([['a']]);
      expect(found[0]?.logId).toBe(LOG);
      await found[0]?.append([frame('b')]);
      expect(await adopted(third)).toEqual([]);
      await found[0]?.close();
      await second.release();
      const last = await adopted(third);
      expect(last.map((left) => idsIn(left))).toEqual([['a', 'b']]);
      await last[0]?.close();
      await third.release();
    });

    it('leaves alone what a running process has', async () => {
      await queue.append([frame('a')]);
      const other = await place.claim();
      expect(await adopted(other)).toEqual([]);
      await other.release();
      await end();
    });

    it('has nothing of a queue that was discarded', async () => {
      await queue.append([frame('a')]);
      await disk.discard(queue);
      await disk.release();
      const other = await place.claim();
      expect(await adopted(other)).toEqual([]);
      await other.release();
    });
  });
}
