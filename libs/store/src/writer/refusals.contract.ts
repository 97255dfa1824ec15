import { offset, tenant } from '@logbook/contracts';
import { type Batch, LogUnavailableError } from '@logbook/core';
import {
  acme,
  batch,
  emptyDatabase,
  event,
  live,
  registerAgent,
  registerPerson,
  registerVersion,
  type OpenedStore,
  dropTables,
} from '../contract-fixtures.contract.js';
import type { Generation } from '../generations/generation.js';
import { Generations } from '../generations/generations.js';
import { ProjectionReader } from '../reader/projection-reader.js';
import { BatchWriter } from './batch-writer.js';
import type { OnDeadLetters } from './topic-writer.js';

/** What never becomes rows: dead letters, and what Postgres refuses. */
export function describeRefusals(opened: OpenedStore): void {
  describe('BatchWriter and what never becomes rows', () => {
    let generation: Generation;
    let writer: BatchWriter;

    beforeEach(async () => {
      await emptyDatabase(opened());
      generation = await new Generations(opened()).ensureLive(live());
      writer = new BatchWriter(opened());
      for (const topic of ['commands', 'events'] as const)
        await writer.startPosition(generation, { topic, partition: 0 });
    });

    const rows = async (table: string) =>
      (await opened().pool.query<Record<string, unknown>>(`SELECT * FROM gen_1.${table}`)).rows;
    const next = async (topic: 'commands' | 'events') =>
      (await writer.startPosition(generation, { topic, partition: 0 })).next;
    /** Two events, the first of which cannot be decoded. */
    const withPoison = (from = 0): Batch => {
      const sound = batch('events', from, [event(from + 1), event(from + 2)]);
      return { ...sound, messages: sound.messages.map((each, at) => (at === 0 ? { ...each, value: null } : each)) };
    };

    describe('told of dead letters', () => {
      const letters = jest.fn<Promise<void>, Parameters<OnDeadLetters>>();
      const telling = (): BatchWriter => new BatchWriter(opened(), { onDeadLetters: letters });
      beforeEach(() => {
        letters.mockReset().mockResolvedValue(undefined);
      });

      it('tells of them with their batch, before anything is committed', async () => {
        const poisoned = withPoison();
        letters.mockImplementation(() => Promise.reject(new LogUnavailableError('the log is away')));
        await expect(telling().apply(generation, poisoned)).rejects.toThrow(LogUnavailableError);
        expect([await rows('events'), await next('events')]).toEqual([[], 0]);
        letters.mockResolvedValue(undefined);
        await expect(telling().apply(generation, poisoned)).resolves.toBe('CONSUMED');
        expect(letters.mock.calls).toHaveLength(2);
        expect(letters.mock.calls[1]).toMatchObject([[{ offset: 0, step: 'decode' }], { from: 0, next: 2 }]);
      });

      it('tells nothing of a batch that has none, that another owner took, or that Postgres refuses', async () => {
        await telling().apply(generation, batch('events', 0, [event(1)]));
        await expect(telling().apply(generation, withPoison())).resolves.toBe('STALE');
        await opened().pool.query('ALTER TABLE gen_1.sessions ADD CONSTRAINT never CHECK (event_count < 2)');
        await expect(telling().apply(generation, withPoison(1))).rejects.toMatchObject({ code: '23514' });
        expect(letters).not.toHaveBeenCalled();
      });

      it('tells nothing of a rebuild: a generation that is not ready, or not the one readers are pointed to', async () => {
        await opened().pool.query('UPDATE gen_1.generation SET ready = false, log_ends = $1', [
          { commands: [offset(0)], events: [offset(9)] },
        ]);
        await expect(telling().apply(generation, withPoison())).resolves.toBe('CONSUMED');
        await opened().pool.query('UPDATE gen_1.generation SET ready = true');
        await opened().pool.query('DELETE FROM ops.pointer');
        await expect(telling().apply(generation, withPoison(2))).resolves.toBe('CONSUMED');
        expect(letters).not.toHaveBeenCalled();
        expect(await rows('dead_letters')).toHaveLength(2);
      });
    });

    describe('probe', () => {
      it('finds a batch taken, leaves nothing behind and tells nobody', async () => {
        const letters = jest.fn(() => Promise.resolve());
        const probing = new BatchWriter(opened(), { onDeadLetters: letters });
        await expect(probing.probe(generation, withPoison())).resolves.toEqual({ outcome: 'TAKEN' });
        expect([await rows('events'), await rows('dead_letters'), await next('events')]).toEqual([[], [], 0]);
        expect(letters).not.toHaveBeenCalled();
      });

      it('finds a batch refused, for a reason that quotes no row, and taken once the one message is left out', async () => {
        await opened().pool.query(`ALTER TABLE gen_1.events ADD CONSTRAINT no_secrets CHECK (person_id <> 'secret')`);
        const applied = batch('events', 0, [event(1), event(2, { personId: 'secret' })]);
        await expect(writer.probe(generation, applied)).resolves.toEqual({
          outcome: 'REFUSED',
          reason: 'Postgres refused it: check violation (23514), table events, constraint no_secrets',
        });
        const [, refused] = applied.messages;
        if (refused === undefined) throw new Error('two messages were made');
        await expect(writer.probe(generation, applied, { leavingOut: refused })).resolves.toEqual({ outcome: 'TAKEN' });
        expect(await next('events')).toBe(0);
      });

      it('finds refused what Postgres would refuse only at the commit', async () => {
        await opened().pool.query(
          'ALTER TABLE gen_1.agents ADD CONSTRAINT one_name UNIQUE (agent_name) DEFERRABLE INITIALLY DEFERRED',
        );
        await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
        const other = { ...registerAgent(2, 'a'), tenant: tenant('other') };
        await expect(writer.probe(generation, batch('commands', 1, [other]))).resolves.toMatchObject({
          outcome: 'REFUSED',
        });
        await expect(writer.apply(generation, batch('commands', 1, [other]))).rejects.toMatchObject({ code: '23505' });
      });

      it('answers STALE where the checkpoint is elsewhere or the tables are gone', async () => {
        await expect(writer.probe(generation, batch('events', 3, [event(1)]))).resolves.toEqual({ outcome: 'STALE' });
        await dropTables(opened(), generation.name);
        await expect(writer.probe(generation, batch('events', 0, [event(1)]))).resolves.toEqual({ outcome: 'STALE' });
      });
    });

    it('holds the earliest and the latest time, and counts at their limit, of every column that has one', async () => {
      const count = Number.MAX_SAFE_INTEGER;
      const summary = {
        extractor: count,
        api: 'x'.repeat(256),
        model: 'é'.repeat(128),
        inputTokens: count,
        outputTokens: count,
      };
      const times = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];
      const events = times.map((timeMs, index) => ({ ...event(index), timeMs, summary }));
      await expect(writer.apply(generation, batch('events', 0, events))).resolves.toBe('CONSUMED');
      const commands = times.flatMap((timeMs) => [
        { ...registerVersion(0, `a${timeMs}`, 'v'), timeMs },
        { ...registerPerson(0, `p${timeMs}`, '{}'), timeMs },
      ]);
      await expect(writer.apply(generation, batch('commands', 0, commands))).resolves.toBe('CONSUMED');
      const reader = new ProjectionReader(opened());
      await expect(reader.events(acme, { session: 's', limit: 2 })).resolves.toMatchObject({
        value: times.toReversed().map((recordedAtMs) => ({
          recordedAtMs,
          model: summary.model,
          inputTokens: count,
          outputTokens: count,
        })),
      });
      const session = await reader.session(acme, 's');
      expect(session).toMatchObject({
        value: { inputTokens: count, outputTokens: count, createdAtMs: times[0], lastEventAtMs: times[1] },
      });
    });
  });
}
