import { offset } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import {
  batch,
  emptyDatabase,
  event,
  live,
  registerAgent,
  type OpenedStore,
  dropTables,
} from '../contract-fixtures.contract.js';
import type { Generation } from '../generations/generation.js';
import { Generations } from '../generations/generations.js';
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

    it('is told by nudge in the process that folds', async () => {
      const waiting = watch.reached({ ...first, topic: 'events' }, { timeoutMs: 10_000 });
      await writer.apply(generation, batch('events', 0, [event(1)]));
      watch.nudge();
      await expect(waiting).resolves.toBe('REACHED');
    });

    it('times out, bounded, where the projector does not come that far', async () => {
      await expect(watch.reached(first, { timeoutMs: 100 })).resolves.toBe('TIMED_OUT');
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
