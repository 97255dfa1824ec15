import { offset } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import {
  acme,
  batch,
  emptyDatabase,
  event,
  LOG_ID,
  live,
  NOTHING,
  registerAgent,
  type OpenedStore,
} from '../contract-fixtures.contract.js';
import { ProjectionReader } from '../reader/projection-reader.js';
import { generationName } from '../sql/identifiers.js';
import { BatchWriter } from '../writer/batch-writer.js';
import type { Generation, KnownGeneration, LogEnds } from './generation.js';
import { Generations } from './generations.js';
import { Pointer } from './pointer.js';

const SHORT = { timeoutMs: 50 };

export function describeSeveralGenerations(opened: OpenedStore): void {
  describe('several generations', () => {
    let generations: Generations;
    let pointer: Pointer;
    let writer: BatchWriter;
    let first: Generation;

    beforeEach(async () => {
      await emptyDatabase(opened());
      generations = new Generations(opened());
      pointer = new Pointer(opened());
      writer = new BatchWriter(opened());
      first = await generations.ensureLive(live());
    });

    const another = (
      until: LogEnds = NOTHING,
      state: 'FOLLOWED' | 'FROZEN' | 'SCRATCH' = 'FOLLOWED',
    ): Promise<KnownGeneration> =>
      generations.create({ logId: LOG_ID, foldVersion: CURRENT_FOLD_VERSION, state, until });

    /** Gives a generation the one agent there is, at commands[0] offset 0. */
    async function fold(generation: Generation): Promise<void> {
      await writer.startPosition(generation, { topic: 'commands', partition: 0 });
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
    }
    const readAgent = () => new ProjectionReader(opened()).agent(acme, 'a');

    it('creates one beside the one that readers use, which stays theirs', async () => {
      const second = await another();
      expect(second).toMatchObject({ name: 'gen_2', state: 'FOLLOWED', pointedTo: false, pointedAtMs: null });
      expect((await generations.list()).map(({ name, pointedTo }) => [name, pointedTo])).toEqual([
        ['gen_1', true],
        ['gen_2', false],
      ]);
      await expect(generations.pointedTo()).resolves.toMatchObject({ name: 'gen_1' });
    });

    it('lists none where no projector ever ran', async () => {
      await emptyDatabase(opened());
      await expect(new Generations(opened()).list()).resolves.toEqual([]);
    });

    it('writes each by itself: what one has consumed, the other has not', async () => {
      const second = await another();
      await fold(first);
      await expect(writer.startPosition(second, { topic: 'commands', partition: 0 })).resolves.toEqual({
        next: offset(0),
      });
    });

    it('swaps to one that is level, and takes it back', async () => {
      const second = await another();
      await fold(first);
      await fold(second);
      await expect(pointer.swap(second.name)).resolves.toEqual({ outcome: 'SWAPPED', from: 'gen_1', to: 'gen_2' });
      await expect(readAgent()).resolves.toMatchObject({ state: 'READY', generation: 'gen_2' });
      const [old, current] = await generations.list();
      expect(old).toMatchObject({ pointedTo: false, previous: true });
      expect(current).toMatchObject({ pointedTo: true, previous: false, pointedAtMs: expect.any(Number) });
      await expect(pointer.rollback()).resolves.toEqual({ outcome: 'SWAPPED', from: 'gen_2', to: 'gen_1' });
      await expect(readAgent()).resolves.toMatchObject({ generation: 'gen_1', value: { agentName: 'a' } });
      await expect(pointer.rollback()).resolves.toMatchObject({ outcome: 'SWAPPED', to: 'gen_2' });
    });

    it('is followed by a reader from one read to the next, also where the former one was dropped', async () => {
      const second = await another();
      await fold(first);
      await fold(second);
      const reader = new ProjectionReader(opened());
      const read = () => reader.agent(acme, 'a');
      await expect(read()).resolves.toMatchObject({ state: 'READY', generation: 'gen_1' });
      await pointer.swap(second.name);
      await expect(read()).resolves.toMatchObject({ state: 'READY', generation: 'gen_2', value: { agentName: 'a' } });
      await pointer.rollback();
      await expect(read()).resolves.toMatchObject({ state: 'READY', generation: 'gen_1' });
      await pointer.swap(second.name);
      await generations.drop(first.name);
      await expect(read()).resolves.toMatchObject({ state: 'READY', generation: 'gen_2' });
    });

    it('swaps to one that is past the one readers use', async () => {
      const second = await another();
      await fold(second);
      await expect(pointer.swap(second.name)).resolves.toMatchObject({ outcome: 'SWAPPED' });
    });

    it('refuses one that is a message behind on one partition, and says where', async () => {
      const second = await another();
      await fold(first);
      await writer.startPosition(first, { topic: 'events', partition: 1 });
      await fold(second);
      await writer.apply(first, batch('events', 0, [event(1)], { partition: 1 }));
      await expect(pointer.swap(second.name, SHORT)).resolves.toEqual({
        outcome: 'BEHIND',
        behind: [{ topic: 'events', partition: 1, next: 0, nextOfOther: 1 }],
      });
      await expect(generations.pointedTo()).resolves.toMatchObject({ name: 'gen_1' });
    });

    it('waits for one that comes level meanwhile', async () => {
      const second = await another();
      await fold(first);
      const swapping = pointer.swap(second.name, { timeoutMs: 20_000 });
      await fold(second);
      await expect(swapping).resolves.toMatchObject({ outcome: 'SWAPPED' });
    });

    it('refuses one that has not passed the ends of its creation', async () => {
      const second = await another({ commands: [offset(1)], events: [] });
      await expect(pointer.swap(second.name, SHORT)).resolves.toEqual({ outcome: 'NOT_READY' });
      await fold(second);
      await expect(pointer.swap(second.name, SHORT)).resolves.toMatchObject({ outcome: 'SWAPPED' });
    });

    it.each(['FROZEN', 'SCRATCH'] as const)('refuses one that nobody follows: %s', async (state) => {
      const apart = await another(NOTHING, state);
      await expect(pointer.swap(apart.name, SHORT)).resolves.toEqual({ outcome: 'NOT_FOLLOWED', state });
    });

    it('refuses what is not there, and what readers use already', async () => {
      await expect(pointer.swap(generationName('gen_9'), SHORT)).resolves.toEqual({ outcome: 'UNKNOWN_GENERATION' });
      await expect(pointer.swap(first.name, SHORT)).resolves.toEqual({ outcome: 'POINTED_TO_ALREADY' });
      await expect(pointer.rollback(SHORT)).resolves.toEqual({ outcome: 'NO_PREVIOUS' });
    });

    it('drops one that readers do not use; its name is not used again', async () => {
      const second = await another();
      await expect(generations.drop(second.name)).resolves.toBe('DROPPED');
      await expect(generations.drop(second.name)).resolves.toBe('DROPPED');
      await expect(generations.find('gen_2')).resolves.toMatchObject({ state: 'DROPPED' });
      await expect(another()).resolves.toMatchObject({ name: 'gen_3' });
      await expect(pointer.swap(second.name, SHORT)).resolves.toEqual({ outcome: 'NOT_FOLLOWED', state: 'DROPPED' });
    });

    it('does not drop the one that readers use, nor one that is not there', async () => {
      await expect(generations.drop(first.name)).resolves.toBe('POINTED_TO');
      await expect(generations.drop(generationName('gen_7'))).resolves.toBe('UNKNOWN_GENERATION');
      await fold(first);
      await expect(readAgent()).resolves.toMatchObject({ state: 'READY' });
    });

    it('forgets the way back when that generation is dropped', async () => {
      const second = await another();
      await pointer.swap(second.name);
      await generations.drop(first.name);
      await expect(pointer.rollback(SHORT)).resolves.toEqual({ outcome: 'NO_PREVIOUS' });
    });

    it('makes the tables of a followed one again, and not those of a dropped one', async () => {
      const second = await another();
      const options = { logId: LOG_ID, logEnds: () => Promise.resolve(NOTHING) };
      await opened().pool.query('DROP SCHEMA gen_2 CASCADE');
      await generations.ensureTables(second, options);
      await fold(second);
      await generations.drop(second.name);
      await expect(generations.ensureTables(second, options)).rejects.toThrow(DependencyUnavailableError);
      await expect(writer.apply(second, batch('commands', 1, [registerAgent(2, 'b')]))).resolves.toBe('STALE');
    });
  });
}
