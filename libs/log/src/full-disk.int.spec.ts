import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EncodedMessage, logId } from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import { openEmbeddedLog } from './embedded/embedded.log.js';
import { mountSmallDisk } from './testing/small-disk.js';
import { Spool } from './spool/spool.js';

const MIB = 1024 * 1024;
const LOG = logId('5b0a3f5e-7a54-4b57-9d5c-0f6f3c1c8a01');
const VALUE_BYTES = 64 * 1024;
const ALL = { messagesMax: 10_000, bytesMax: 64 * MIB };

const event = (id: string): EncodedMessage => ({
  key: 'key',
  headers: { ce_id: id },
  value: Buffer.alloc(VALUE_BYTES, id),
});
const idsOf = (spool: Spool): string[] =>
  spool.next(ALL)?.entries.map(({ message }) => message.headers['ce_id'] ?? '') ?? [];

const disk = mountSmallDisk(64 * MIB);
afterAll(() => disk?.remove());

if (disk === undefined) {
  it.skip('a full disk under a spool (SKIPPED: this user may not mount a file system)', () => undefined);
} else {
  describe('a full disk under a spool', () => {
    const dir = join(disk.path, 'spool');
    const filler = join(disk.path, 'filler');
    const open = (): Promise<Spool> =>
      Spool.open({ dir, logId: LOG, bytesMax: 1024 * MIB, messageBytesMax: 2 * VALUE_BYTES });

    /** Puts until one is refused, and tells which ones were taken, and the refusal. */
    async function fill(spool: Spool): Promise<{ taken: string[]; refusal: unknown }> {
      const taken: string[] = [];
      for (;;) {
        const id = String(taken.length + 1);
        try {
          await spool.put('events', [event(id)]);
        } catch (refusal) {
          return { taken, refusal };
        }
        taken.push(id);
      }
    }

    it('refuses what finds no room, keeps what it took, and takes more once there is room', async () => {
      await writeFile(filler, Buffer.alloc(30 * MIB));
      const spool = await open();
      const { taken, refusal } = await fill(spool);
      expect(refusal).toBeInstanceOf(LogUnavailableError);
      expect((refusal as Error).message).toContain('has no room');
      expect(taken.length).toBeGreaterThan(10);
      expect(await spool.accepts()).toBe(false);
      expect(idsOf(spool)).toEqual(taken);

      await rm(filler);
      expect(await spool.accepts()).toBe(true);
      await spool.put('events', [event('later')]);
      await spool.close();
      const again = await open();
      expect(idsOf(again)).toEqual([...taken, 'later']);
      await again.remove(again.next(ALL)!);
      await again.close();
    });

    it('gives everything to the log though another program has taken the last byte', async () => {
      const spool = await open();
      for (const id of ['a', 'b', 'c']) await spool.put('events', [event(id)]);
      await writeFile(filler, Buffer.alloc(64 * MIB)).catch((error: unknown) =>
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC'),
      );
      const drained: string[] = [];
      while (!spool.isEmpty) {
        const batch = spool.next({ ...ALL, messagesMax: 2 })!;
        drained.push(...batch.entries.map(({ message }) => message.headers['ce_id'] ?? ''));
        await expect(spool.remove(batch)).rejects.toThrow(LogUnavailableError);
      }
      expect(drained).toEqual(['a', 'b', 'c']);
      await rm(filler);
      await spool.put('events', [event('after')]);
      expect(idsOf(spool)).toEqual(['after']);
      await spool.close();
    });

    it('is the same for an embedded log: appends and the check are refused, what was appended is read', async () => {
      const log = await openEmbeddedLog({ dir: join(disk.path, 'log'), messageBytesMax: 2 * VALUE_BYTES });
      await log.prepare({ topics: ['events'], partitions: { control: 1, commands: 1, events: 1, 'dead-letters': 1 } });
      const [position] = await log.append('events', [event('a')]);
      await writeFile(filler, Buffer.alloc(64 * MIB)).catch(() => undefined);
      await expect(log.append('events', [event('b')])).rejects.toThrow(LogUnavailableError);
      await expect(log.ping()).rejects.toThrow(LogUnavailableError);
      expect((await log.read(position!))?.headers['ce_id']?.toString()).toBe('a');
      await rm(filler);
      await expect(log.append('events', [event('b')])).resolves.toHaveLength(1);
      await expect(log.ping()).resolves.toBeUndefined();
      await log.close();
    });
  });
}
