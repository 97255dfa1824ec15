import { logId, offset, tenant } from '@logbook/contracts';
import {
  acme,
  batch,
  emptyDatabase,
  event,
  FINGERPRINT,
  LOG_ID,
  live,
  registerAgent,
  registerPerson,
  type OpenedStore,
  dropTables,
} from '../contract-fixtures.contract.js';
import type { Generation } from '../generations/generation.js';
import { Generations } from '../generations/generations.js';
import { BatchWriter } from '../writer/batch-writer.js';
import { ProjectionReader } from './projection-reader.js';

export function describeProjectionReader(opened: OpenedStore): void {
  describe('ProjectionReader', () => {
    let generation: Generation;
    let reader: ProjectionReader;

    beforeEach(async () => {
      await emptyDatabase(opened());
      generation = await new Generations(opened()).ensureLive(live());
      const writer = new BatchWriter(opened());
      reader = new ProjectionReader(opened());
      for (const topic of ['commands', 'events'] as const)
        await writer.startPosition(generation, { topic, partition: 0 });
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a', 'A'), registerPerson(2, 'p', '{}')]));
      await writer.apply(
        generation,
        batch('events', 0, [event(1), event(2, { session: 't' }), event(3), event(4, { session: null })]),
      );
    });

    it('asks for the pointer alone no more, once it knows what readers are pointed to', async () => {
      await reader.agent(acme, 'a');
      // The statement that selects rows goes through the ORM, which takes a connection.
      const query = jest.spyOn(opened().pool, 'query');
      try {
        await expect(reader.agent(acme, 'a')).resolves.toMatchObject({ state: 'READY' });
        expect(query).not.toHaveBeenCalled();
      } finally {
        query.mockRestore();
      }
    });

    it('gives a whole row, times in milliseconds', async () => {
      await expect(reader.agent(acme, 'a')).resolves.toEqual({
        state: 'READY',
        generation: 'gen_1',
        value: {
          agentId: expect.any(String),
          tenant: 'acme',
          agentName: 'a',
          agentNumber: 1,
          descriptionJson: '"A"',
          createdAtMs: 1,
          deprecatedAtMs: null,
        },
      });
    });

    it('gives null for what a ready generation does not hold, and for what another tenant owns', async () => {
      await expect(reader.agent(acme, 'b')).resolves.toMatchObject({ state: 'READY', value: null });
      await expect(reader.agent(tenant('other'), 'a')).resolves.toMatchObject({ state: 'READY', value: null });
      await expect(reader.person(acme, 'q')).resolves.toMatchObject({ state: 'READY', value: null });
      await expect(reader.fingerprint(acme, FINGERPRINT)).resolves.toMatchObject({ state: 'READY', value: false });
    });

    it('tells a missing version from a missing agent', async () => {
      await expect(reader.agentVersion(acme, 'a', 'v')).resolves.toMatchObject({
        value: { agent: { agentName: 'a' }, version: null },
      });
      await expect(reader.agentVersion(acme, 'b', 'v')).resolves.toMatchObject({
        value: { agent: null, version: null },
      });
    });

    it('lists the newest first, no more than asked for', async () => {
      const numbers = async (options: { session?: string; limit: number }) => {
        const read = await reader.events(acme, options);
        return read.state === 'READY' ? read.value.map(({ logOffset }) => logOffset) : read;
      };
      expect(await numbers({ limit: 10 })).toEqual([3, 2, 1, 0]);
      expect(await numbers({ limit: 2 })).toEqual([3, 2]);
      expect(await numbers({ session: 's', limit: 10 })).toEqual([2, 0]);
      await expect(reader.sessions(acme, 10)).resolves.toMatchObject({
        value: [{ session: 't' }, { session: 's', eventCount: 2 }],
      });
      await expect(reader.sessions(tenant('other'), 10)).resolves.toMatchObject({ value: [] });
    });

    it('gives a session', async () => {
      await expect(reader.session(acme, 's')).resolves.toMatchObject({
        value: { session: 's', eventCount: 2, inputTokens: 20 },
      });
      await expect(reader.session(acme, 'u')).resolves.toMatchObject({ state: 'READY', value: null });
    });

    it('says how far each partition has come', async () => {
      await expect(reader.checkpoints()).resolves.toEqual({
        state: 'READY',
        generation: 'gen_1',
        next: { commands: new Map([[0, 2]]), events: new Map([[0, 4]]) },
      });
    });

    it('gives no state at all from when the tables are dropped until they have caught up', async () => {
      await expect(reader.agent(acme, 'a')).resolves.toMatchObject({ state: 'READY' });
      await dropTables(opened(), 'gen_1');
      await expect(reader.agent(acme, 'a')).resolves.toMatchObject({ state: 'NOT_READY' });
      await expect(reader.checkpoints()).resolves.toMatchObject({ state: 'NOT_READY' });

      generation = await new Generations(opened()).ensureLive(live({ commands: [offset(2)], events: [offset(0)] }));
      await expect(reader.agent(acme, 'a')).resolves.toMatchObject({ state: 'NOT_READY' });
      await expect(reader.sessions(acme, 5)).resolves.toMatchObject({ state: 'NOT_READY' });
      await expect(reader.checkpoints()).resolves.toMatchObject({ state: 'CATCHING_UP' });

      const writer = new BatchWriter(opened());
      await writer.startPosition(generation, { topic: 'commands', partition: 0 });
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a'), registerAgent(2, 'b')]));
      await expect(reader.agent(acme, 'b')).resolves.toMatchObject({ state: 'READY', value: { agentNumber: 2 } });
    });

    it('does not read what belongs to another log than the one it was given', async () => {
      const of = (id: string) => new ProjectionReader(opened(), { logId: logId(id) });
      await expect(of(LOG_ID).agent(acme, 'a')).resolves.toMatchObject({ state: 'READY' });
      const another = of('00000000-0000-4000-8000-000000000099');
      await expect(another.agent(acme, 'a')).resolves.toEqual({
        state: 'NOT_READY',
        reason: `the database belongs to log ${LOG_ID}`,
      });
      await expect(another.checkpoints()).resolves.toMatchObject({ state: 'NOT_READY' });
    });

    it('is not ready where no projector has ever been, or the pointer names a fold of a newer release', async () => {
      await opened().pool.query('UPDATE ops.generations SET fold_version = 99');
      await expect(reader.agent(acme, 'a')).resolves.toMatchObject({
        state: 'NOT_READY',
        reason: expect.stringContaining('99'),
      });
      await emptyDatabase(opened());
      await expect(reader.agent(acme, 'a')).resolves.toMatchObject({ state: 'NOT_READY' });
    });
  });
}
