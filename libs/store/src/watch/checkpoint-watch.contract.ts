import { offset } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import {
  batch,
  emptyDatabase,
  event,
  live,
  NOTHING,
  registerAgent,
  type OpenedStore,
  dropTables,
} from '../contract-fixtures.contract.js';
import type { Generation } from '../generations/generation.js';
import { Generations } from '../generations/generations.js';
import { Pointer } from '../generations/pointer.js';
import { generationName } from '../sql/identifiers.js';
import { BatchWriter } from '../writer/batch-writer.js';
import { CheckpointWatch } from './checkpoint-watch.js';

export function describeCheckpointWatch(opened: OpenedStore): void {
  describe('CheckpointWatch', () => {
    let generation: Generation;
    let writer: BatchWriter;
    let watch: CheckpointWatch;

    beforeEach(async () => {
      await emptyDatabase(opened());
      generation = await new Generations(opened()).ensureLive(live());
      writer = new BatchWriter(opened());
      watch = new CheckpointWatch(opened());
      for (const topic of ['commands', 'events'] as const)
        await writer.startPosition(generation, { topic, partition: 0 });
    });
    afterEach(() => watch.close());

    const first = { topic: 'commands', partition: 0, offset: offset(0) } as const;

    it('answers at once for what was folded already', async () => {
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
      await expect(watch.reached(first, { timeoutMs: 5_000 })).resolves.toBe('REACHED');
    });

    it('wakes those who wait when their message, and not one before it, is folded', async () => {
      const second = { ...first, offset: offset(1) };
      const waiting = Promise.all([
        watch.reached(first, { timeoutMs: 10_000 }),
        watch.reached(second, { timeoutMs: 10_000 }),
      ]);
      let reached = 0;
      const counted = watch.reached(second, { timeoutMs: 10_000 }).then(() => (reached += 1));
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
      await expect(watch.reached(first, { timeoutMs: 10_000 })).resolves.toBe('REACHED');
      expect(reached).toBe(0);
      await writer.apply(generation, batch('commands', 1, [registerAgent(2, 'b')]));
      await expect(waiting).resolves.toEqual(['REACHED', 'REACHED']);
      await counted;
    });

    it('is told of a commit by the process that folds', async () => {
      const waiting = watch.reached({ ...first, topic: 'events' }, { timeoutMs: 10_000 });
      await writer.apply(generation, batch('events', 0, [event(1)]));
      watch.moved({ topic: 'events', partition: 0, next: offset(1) });
      await expect(waiting).resolves.toBe('REACHED');
    });

    it('times out, bounded, where the projector does not come that far', async () => {
      await expect(watch.reached(first, { timeoutMs: 100 })).resolves.toBe('TIMED_OUT');
    });

    describe('after readers were pointed to another generation', () => {
      let second: Generation;

      /** Both hold the first message, and the watch has seen the first generation. */
      beforeEach(async () => {
        const generations = new Generations(opened());
        const { logId, foldVersion } = live();
        second = await generations.create({ logId, foldVersion, state: 'FOLLOWED', until: NOTHING });
        await writer.startPosition(second, { topic: 'commands', partition: 0 });
        for (const each of [generation, second])
          await writer.apply(each, batch('commands', 0, [registerAgent(1, 'a')]));
        await expect(watch.reached(first, { timeoutMs: 5_000 })).resolves.toBe('REACHED');
        await new Pointer(opened()).swap(generationName(second.name));
      });

      it('does not count what only the former one folds', async () => {
        await writer.apply(generation, batch('commands', 1, [registerAgent(2, 'b')]));
        const next = { ...first, offset: offset(1) };
        await expect(watch.reached(next, { timeoutMs: 100 })).resolves.toBe('TIMED_OUT');
        await writer.apply(second, batch('commands', 1, [registerAgent(2, 'b')]));
        await expect(watch.reached(next, { timeoutMs: 5_000 })).resolves.toBe('REACHED');
      });

      it('goes on where the former one was dropped', async () => {
        await dropTables(opened(), generation.name);
        await expect(watch.reached(first, { timeoutMs: 5_000 })).resolves.toBe('REACHED');
      });
    });

    it('looks with one statement, once it knows what readers are pointed to', async () => {
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
      const query = jest.spyOn(opened().pool, 'query');
      try {
        await watch.reached(first, { timeoutMs: 5_000 });
        const before = query.mock.calls.length;
        await watch.reached(first, { timeoutMs: 5_000 });
        expect(query.mock.calls.length - before).toBe(1);
      } finally {
        query.mockRestore();
      }
    });

    it('says that nothing can be read from a generation that is missing or catching up', async () => {
      await dropTables(opened(), 'gen_1');
      await expect(watch.reached(first, { timeoutMs: 100 })).resolves.toBe('NOT_READY');
      generation = await new Generations(opened()).ensureLive(live({ commands: [offset(2)], events: [] }));
      await writer.startPosition(generation, { topic: 'commands', partition: 0 });
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
      await expect(watch.reached(first, { timeoutMs: 100 })).resolves.toBe('NOT_READY');
      const waiting = watch.reached(first, { timeoutMs: 10_000 });
      await writer.apply(generation, batch('commands', 1, [registerAgent(2, 'b')]));
      await expect(waiting).resolves.toBe('REACHED');
    });

    it('refuses more waiters than it is bounded to', async () => {
      const bounded = new CheckpointWatch(opened(), { waitersMax: 1 });
      const waiting = bounded.reached(first, { timeoutMs: 100 });
      await expect(bounded.reached(first, { timeoutMs: 100 })).rejects.toThrow(DependencyUnavailableError);
      await waiting;
      await bounded.close();
    });

    it('lets go of those who wait when it is closed', async () => {
      const waiting = watch.reached(first, { timeoutMs: 10_000 });
      const refused = expect(waiting).rejects.toThrow(DependencyUnavailableError);
      await watch.close();
      await refused;
      await expect(watch.reached(first, { timeoutMs: 10 })).rejects.toThrow(DependencyUnavailableError);
    });
  });
}
