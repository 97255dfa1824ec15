import { offset } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import { batch, emptyDatabase, event, live, type OpenedStore } from '../contract-fixtures.contract.js';
import { Generations } from '../generations/generations.js';
import { BatchWriter } from '../writer/batch-writer.js';
import { ProjectionReader, type DeadLettersRead, type NotReady } from './projection-reader.js';

const positions = (read: DeadLettersRead | NotReady): unknown =>
  read.state === 'NOT_READY' ? read.reason : read.letters.map(({ partition, offset: at }) => `${partition}/${at}`);

export function describeDeadLetters(opened: OpenedStore): void {
  describe('ProjectionReader.deadLetters', () => {
    const reader = (): ProjectionReader => new ProjectionReader(opened());

    beforeAll(async () => {
      await emptyDatabase(opened());
      const generation = await new Generations(opened()).ensureLive(live());
      // The later in the log, the earlier sent; the message at offset 1 is skipped, the others are poison.
      const of = (partition: number): Batch => {
        const sent = batch('events', 0, [event(30 - partition), event(20 - partition), event(10 - partition)], {
          partition,
        });
        return {
          ...sent,
          messages: sent.messages.map((each) => (each.offset === 1 ? each : { ...each, value: null })),
        };
      };
      const skips = {
        size: 1,
        reasonOf: (_: string, each: { offset: number }) => (each.offset === 1 ? 'refused' : undefined),
      };
      for (const partition of [0, 1]) {
        const writer = new BatchWriter(opened(), { skips });
        await writer.startPosition(generation, { topic: 'events', partition });
        await writer.apply(generation, of(partition));
      }
    });

    it('gives those sent last first, and no more than asked for', async () => {
      const read = await reader().deadLetters({ kind: 'NEWEST', limit: 3 });
      expect(positions(read)).toEqual(['0/0', '1/0', '0/1']);
      expect(read).toMatchObject({
        state: 'READY',
        generation: 'gen_1',
        letters: [
          { topic: 'events', step: 'decode', reason: 'the value is missing' },
          {},
          { step: 'apply', reason: 'refused' },
        ],
      });
    });

    it('finds the one at a position, and none where there is none', async () => {
      const at = (at: number) =>
        reader().deadLetters({ kind: 'AT', position: { topic: 'events', partition: 1, offset: offset(at) } });
      expect([positions(await at(2)), positions(await at(3))]).toEqual([['1/2'], []]);
    });

    it('goes through all of a step, page by page', async () => {
      const page = async (after: { topic: string; partition: number; offset: number } | null) =>
        positions(await reader().deadLetters({ kind: 'OF_STEP', step: 'decode', after, limit: 3 }));
      expect(await page(null)).toEqual(['0/0', '0/2', '1/0']);
      expect(await page({ topic: 'events', partition: 1, offset: 0 })).toEqual(['1/2']);
      expect(await page({ topic: 'events', partition: 1, offset: 2 })).toEqual([]);
    });

    it('says that the generation is catching up, and shows what it has so far', async () => {
      await opened().pool.query('UPDATE gen_1.generation SET ready = false');
      const read = await reader().deadLetters({ kind: 'NEWEST', limit: 10 });
      expect([read.state, positions(read)]).toMatchObject(['CATCHING_UP', { length: 6 }]);
    });
  });
}
