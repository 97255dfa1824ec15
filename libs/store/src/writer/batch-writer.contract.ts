import { messageSha256, offset } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import { descriptionOf } from '@logbook/projections';
import {
  acme,
  batch,
  emptyDatabase,
  event,
  FINGERPRINT,
  live,
  registerAgent,
  registerFingerprint,
  registerPerson,
  registerVersion,
  type OpenedStore,
  dropTables,
} from '../contract-fixtures.contract.js';
import type { Generation } from '../generations/generation.js';
import { Generations } from '../generations/generations.js';
import { ProjectionReader } from '../reader/projection-reader.js';
import { BatchWriter } from './batch-writer.js';

export function describeBatchWriter(opened: OpenedStore): void {
  describe('BatchWriter', () => {
    let generation: Generation;
    let writer: BatchWriter;
    let reader: ProjectionReader;

    beforeEach(async () => {
      await emptyDatabase(opened());
      generation = await new Generations(opened()).ensureLive(live());
      writer = new BatchWriter(opened());
      reader = new ProjectionReader(opened());
      for (const topic of ['commands', 'events'] as const)
        await writer.startPosition(generation, { topic, partition: 0 });
    });

    const rows = async (table: string) =>
      (await opened().pool.query<Record<string, unknown>>(`SELECT * FROM gen_1.${table}`)).rows;
    const next = async (topic: 'commands' | 'events', partition = 0) =>
      (await writer.startPosition(generation, { topic, partition })).next;

    it('starts a partition that nobody has begun at 0', async () => {
      await expect(writer.startPosition(generation, { topic: 'events', partition: 5 })).resolves.toEqual({ next: 0 });
    });

    it('writes rows and moves the checkpoint to the end of the batch, with the last message and its hash', async () => {
      const applied = batch('events', 0, [event(1), event(2)]);
      await expect(writer.apply(generation, applied)).resolves.toBe('CONSUMED');
      const last = applied.messages[1];
      await expect(writer.startPosition(generation, { topic: 'events', partition: 0 })).resolves.toEqual({
        next: 2,
        last: { offset: 1, sha256: last && messageSha256(last) },
      });
      expect(await rows('events')).toHaveLength(2);
      expect(await rows('sessions')).toMatchObject([
        { session: 's', event_count: 2, input_tokens: 20, output_tokens: 2 },
      ]);
    });

    it('follows holes: the checkpoint is where the next fetch begins', async () => {
      const applied = { ...batch('events', 0, [event(1)]), next: offset(7) };
      await writer.apply(generation, applied);
      expect(await next('events')).toBe(7);
    });

    it('adds to rows that earlier batches left', async () => {
      await writer.apply(generation, batch('events', 0, [event(1, { personId: 'p' })]));
      await writer.apply(generation, batch('events', 1, [event(2), event(3)]));
      expect(await rows('sessions')).toMatchObject([{ event_count: 3, person_id: 'p' }]);
    });

    it('leaves the session unchanged when the same event comes again later in the log', async () => {
      await writer.apply(generation, batch('events', 0, [event(1)]));
      await writer.apply(generation, batch('events', 1, [event(1, { agentName: 'other' }), event(1)]));
      expect(await rows('events')).toMatchObject([{ agent_name: 'default', log_offset: 0 }]);
      expect(await rows('sessions')).toMatchObject([{ event_count: 1 }]);
    });

    it('answers STALE to a batch that was fetched elsewhere than at the checkpoint, and writes nothing', async () => {
      await writer.apply(generation, batch('events', 0, [event(1)]));
      await expect(writer.apply(generation, batch('events', 0, [event(2)]))).resolves.toBe('STALE');
      await expect(writer.apply(generation, batch('events', 2, [event(3)]))).resolves.toBe('STALE');
      expect(await rows('events')).toHaveLength(1);
      expect(await next('events')).toBe(1);
    });

    it('lets one of two owners of a partition through', async () => {
      const outcomes = await Promise.all([
        writer.apply(generation, batch('events', 0, [event(1), event(2)])),
        new BatchWriter(opened()).apply(generation, batch('events', 0, [event(1), event(2)])),
      ]);
      expect(outcomes.sort()).toEqual(['CONSUMED', 'STALE']);
      expect(await rows('sessions')).toMatchObject([{ event_count: 2 }]);
    });

    it('leaves neither rows nor checkpoint when the work fails in between', async () => {
      await opened().pool.query('ALTER TABLE gen_1.sessions ADD CONSTRAINT never CHECK (event_count < 2)');
      await expect(writer.apply(generation, batch('events', 0, [event(1), event(2)]))).rejects.toMatchObject({
        code: '23514',
      });
      expect(await rows('events')).toEqual([]);
      expect(await next('events')).toBe(0);
      await opened().pool.query('ALTER TABLE gen_1.sessions DROP CONSTRAINT never');
      await expect(writer.apply(generation, batch('events', 0, [event(1), event(2)]))).resolves.toBe('CONSUMED');
    });

    it('folds partitions side by side', async () => {
      const partitions = [0, 1, 2, 3];
      for (const partition of partitions) await writer.startPosition(generation, { topic: 'events', partition });
      for (let from = 0; from < 30; from += 10) {
        await Promise.all(
          partitions.map((partition) => {
            const events = Array.from({ length: 10 }, (_, index) =>
              event(partition * 100 + from + index, { session: `s${partition}` }),
            );
            return writer.apply(generation, batch('events', from, events, { partition }));
          }),
        );
      }
      expect((await rows('sessions')).map((row) => row['event_count'])).toEqual([30, 30, 30, 30]);
    });

    it('applies commands: numbers, descriptions, people, fingerprints', async () => {
      await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a', 'A'), registerVersion(2, 'b', 'v1')]));
      await writer.apply(
        generation,
        batch('commands', 2, [
          registerVersion(3, 'b', 'v2'),
          registerPerson(4, 'p', '{"n":1}'),
          registerFingerprint(5),
        ]),
      );
      const read = await reader.agentVersion(acme, 'b', 'v2');
      expect(read).toMatchObject({
        state: 'READY',
        value: { agent: { agentNumber: 2 }, version: { agentVersionNumber: 2, createdAtMs: 3 } },
      });
      await expect(reader.person(acme, 'p')).resolves.toMatchObject({
        value: { propertiesJson: '{"n":1}', createdAtMs: 4 },
      });
      await expect(reader.fingerprint(acme, FINGERPRINT)).resolves.toMatchObject({ value: true });
    });

    it('gives back NUL, quotes, backslashes and lone surrogates of descriptions and properties as they were', async () => {
      const description = 'a\0b"c\\d{e},f\ud800\u2028 NULL';
      const propertiesJson = String.raw`{ "a": "\u0000\ud800", "b": [1.0, 12345678901234567890], "__proto__": "\"}" }`;
      await writer.apply(
        generation,
        batch('commands', 0, [registerAgent(1, 'NULL', description), registerPerson(2, '{"p"}\\', propertiesJson)]),
      );
      const agent = await reader.agent(acme, 'NULL');
      expect(agent.state === 'READY' && descriptionOf(agent.value?.descriptionJson ?? null)).toBe(description);
      await expect(reader.person(acme, '{"p"}\\')).resolves.toMatchObject({
        value: { personId: '{"p"}\\', propertiesJson },
      });
    });

    it('holds names of 512 four-byte characters everywhere', async () => {
      const long = '😀'.repeat(512);
      await writer.apply(
        generation,
        batch('commands', 0, [registerVersion(1, long, long), registerPerson(2, long, null)]),
      );
      await writer.apply(
        generation,
        batch('events', 0, [event(1, { session: long, agentName: long, agentVersionName: long, personId: long })]),
      );
      await expect(reader.agentVersion(acme, long, long)).resolves.toMatchObject({
        value: { version: { agentVersionName: long } },
      });
      await expect(reader.session(acme, long)).resolves.toMatchObject({ value: { session: long, personId: long } });
      await expect(reader.events(acme, { session: long, limit: 1 })).resolves.toMatchObject({
        value: [{ session: long }],
      });
    });

    it('records poison as a dead letter and goes on with what follows', async () => {
      const poisoned = batch('events', 0, [event(1), event(2)]);
      const [first, second] = poisoned.messages;
      if (first === undefined || second === undefined) throw new Error('two messages were made');
      const messages = [{ ...first, value: null, key: Buffer.from([0, 255]) }, second];
      await writer.apply(generation, { ...poisoned, messages });
      expect(await rows('events')).toMatchObject([{ log_offset: 1 }]);
      expect(await rows('dead_letters')).toMatchObject([
        {
          topic: 'events',
          partition: 0,
          offset: 0,
          key: Buffer.from([0, 255]),
          reason: 'the value is missing',
          step: 'decode',
        },
      ]);
    });

    it('leaves out what control skips', async () => {
      const skipping = new BatchWriter(opened(), {
        skips: { size: 1, reasonOf: (_, message) => (message.offset === 0 ? 'refused' : undefined) },
      });
      await skipping.apply(generation, batch('events', 0, [event(1), event(2)]));
      expect(await rows('events')).toMatchObject([{ log_offset: 1 }]);
      expect(await rows('dead_letters')).toMatchObject([{ offset: 0, step: 'apply', reason: 'refused' }]);
    });

    it('writes a row of 8 MiB', async () => {
      const propertiesJson = `{"image":"${'x'.repeat(8 * 1024 * 1024)}"}`;
      await writer.apply(
        generation,
        batch('commands', 0, [registerPerson(1, 'p', propertiesJson), registerPerson(2, 'q', propertiesJson)]),
      );
      const { rows: sizes } = await opened().pool.query('SELECT length(properties_json) AS size FROM gen_1.people');
      expect(sizes).toEqual([{ size: propertiesJson.length }, { size: propertiesJson.length }]);
    });

    it('answers STALE when the tables are gone, and says so when asked where to start', async () => {
      await dropTables(opened(), generation.name);
      await expect(writer.apply(generation, batch('events', 0, [event(1)]))).resolves.toBe('STALE');
      await expect(writer.startPosition(generation, { topic: 'events', partition: 0 })).rejects.toThrow(
        DependencyUnavailableError,
      );
    });

    describe('readiness', () => {
      const ready = async () => (await rows('generation'))[0]?.['ready'];

      beforeEach(async () => {
        await dropTables(opened(), 'gen_1');
        generation = await new Generations(opened()).ensureLive(
          live({ commands: [offset(1)], events: [offset(0), offset(3)] }),
        );
        await writer.startPosition(generation, { topic: 'commands', partition: 0 });
        await writer.startPosition(generation, { topic: 'events', partition: 1 });
      });

      it('comes with the batch by which the last partition passes its end, and not before', async () => {
        await writer.apply(generation, batch('events', 0, [event(1), event(2)], { partition: 1 }));
        await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
        expect(await ready()).toBe(false);
        await writer.apply(generation, batch('events', 2, [event(3)], { partition: 1 }));
        expect(await ready()).toBe(true);
      });

      it('comes when partitions pass their ends at the same time', async () => {
        await Promise.all([
          writer.apply(generation, batch('events', 0, [event(1), event(2), event(3)], { partition: 1 })),
          writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')])),
        ]);
        expect(await ready()).toBe(true);
      });

      it('is waited for with commits that need not reach the disk, and then each does', async () => {
        await opened().pool.query(
          `CREATE TABLE gen_1.committed (how text);
           CREATE FUNCTION gen_1.note() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO gen_1.committed VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
           CREATE TRIGGER note AFTER INSERT ON gen_1.events EXECUTE FUNCTION gen_1.note()`,
        );
        await writer.apply(generation, batch('events', 0, [event(1), event(2), event(3)], { partition: 1 }));
        await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
        await writer.apply(generation, batch('events', 3, [event(4)], { partition: 1 }));
        expect(await rows('committed')).toEqual([{ how: opened().notifies ? 'off' : 'on' }, { how: 'on' }]);
      });

      it('is made up for by the next owner when the last one crashed after its commit', async () => {
        await opened().pool.query(
          `UPDATE gen_1.checkpoints SET next_offset = 3 WHERE topic = 'events' AND partition = 1`,
        );
        await opened().pool.query(`UPDATE gen_1.checkpoints SET next_offset = 1 WHERE topic = 'commands'`);
        expect(await ready()).toBe(false);
        await writer.startPosition(generation, { topic: 'events', partition: 1 });
        expect(await ready()).toBe(true);
      });
    });
  });
}
