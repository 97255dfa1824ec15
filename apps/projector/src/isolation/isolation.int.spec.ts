import { tenant, encodeMessage } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import { ConsumptionHaltedError } from '@logbook/core';
import { ControlCommands } from '@logbook/log';
import { batchOf, DRIVERS, event, Following, poisoned, START_TIMEOUT_MS } from '../following.contract.js';
import type { Projection } from '../projection.js';

/** Makes Postgres refuse events of these people. */
const REFUSES = `ALTER TABLE gen_1.events ADD CONSTRAINT no_offence CHECK (person_id NOT LIKE 'bad%')`;
const REFUSES_ALL = 'ALTER TABLE gen_1.events ADD CONSTRAINT nothing CHECK (tenant IS NULL)';
const REASON = 'Postgres refused it: check violation (23514), table events, constraint no_offence';

let numbers = 0;
/** As many events, of which those at the places named are refused. */
const events = (count: number, ...refused: readonly number[]) =>
  Array.from({ length: count }, (_, place) => event((numbers += 1), refused.includes(place) ? `bad-${place}` : 'good'));

describe.each(DRIVERS)('a projector whose Postgres refuses rows, on the %s drivers', (driver) => {
  let following: Following;
  let projection: Projection;

  beforeAll(async () => {
    following = await Following.start(driver);
  }, START_TIMEOUT_MS);
  afterAll(() => following.stop(), START_TIMEOUT_MS);
  beforeEach(async () => {
    // The log and what it skips stay; every test begins with new tables, in a minute of its own.
    following.nowMs += 2 * 60 * 60_000;
    await following.newGeneration();
    projection = following.projection();
  });

  const refuse = (statement: string) => following.store.pool.query(statement);
  const apply = async (batch: Batch): Promise<unknown> => {
    await begin(batch);
    return projection.apply(batch);
  };
  /** Sets the checkpoint to where the batch begins, as if all before it were folded. */
  const begin = async ({ topic, partition, from }: Batch): Promise<void> => {
    await projection.startPosition({ topic, partition });
    await refuse(
      `UPDATE gen_1.checkpoints SET next_offset = ${from}, last_offset = NULL WHERE topic = '${topic}' AND partition = ${partition}`,
    );
  };
  const checkpoint = async ({ topic, partition }: Batch): Promise<number> =>
    (await projection.startPosition({ topic, partition })).next;
  const skipped = () => following.control.state.skips.size;
  const halt = async (applying: Promise<unknown>): Promise<string> => {
    const error = await applying.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConsumptionHaltedError);
    expect(error).toMatchObject({ reason: 'CONSUMER_FAILED' });
    return (error as Error).message;
  };

  it('applies the other 499 of 500 in order, and lists the one with its reason and position', async () => {
    await refuse(REFUSES);
    const batch = await following.append('events', events(500, 137));
    await expect(apply(batch)).resolves.toBe('CONSUMED');
    const refused = batch.messages[137];
    expect(await following.rows('events')).toHaveLength(499);
    expect(await following.rows('sessions')).toMatchObject([{ event_count: 499, person_id: 'good' }]);
    expect(await following.rows('dead_letters')).toMatchObject([
      { topic: 'events', partition: batch.partition, offset: refused?.offset, step: 'apply', reason: REASON },
    ]);
    expect(await checkpoint(batch)).toBe(batch.next);
    expect(following.control.state.skips.reasonOf('events', refused!)).toBe(REASON);
  });

  it('leaves out the same message when the log is folded into new tables that would take it, and publishes it once', async () => {
    await refuse(REFUSES);
    const batch = await following.append('events', events(20, 3));
    await apply(batch);
    const live = await Promise.all(['events', 'sessions', 'dead_letters'].map((table) => following.rows(table)));
    const published = (await following.topic('dead-letters')).length;

    await following.newGeneration({ behind: true });
    projection = following.projection();
    await apply(batch);
    const again = await Promise.all(['events', 'sessions', 'dead_letters'].map((table) => following.rows(table)));
    expect(again).toEqual(live);
    expect(await following.topic('dead-letters')).toHaveLength(published);
  });

  it('sets several messages of one batch aside, the first and the last among them', async () => {
    await refuse(REFUSES);
    const before = skipped();
    const batch = await following.append('events', events(40, 0, 1, 20, 39));
    await expect(apply(batch)).resolves.toBe('CONSUMED');
    expect((await following.rows('dead_letters')).map((row) => row['offset'])).toEqual(
      [0, 1, 20, 39].map((place) => batch.messages[place]?.offset),
    );
    expect([await following.rows('events'), skipped() - before]).toMatchObject([{ length: 36 }, 4]);
  });

  it('skips a message that came alone, once Postgres is known to take the checkpoint without it', async () => {
    await refuse(REFUSES);
    const batch = await following.append('events', events(1, 0));
    await expect(apply(batch)).resolves.toBe('CONSUMED');
    expect(await checkpoint(batch)).toBe(batch.next);
    expect(await following.rows('dead_letters')).toMatchObject([{ reason: REASON }]);
  });

  it('does not judge anew what another process has skipped', async () => {
    await refuse(REFUSES);
    const batch = await following.append('events', events(3, 1));
    await apply(batch);
    const before = skipped();
    await following.newGeneration();
    await refuse(REFUSES);
    await expect(apply(batch)).resolves.toBe('CONSUMED');
    expect(skipped()).toBe(before);
  });

  it.each([1, 2, 500])(
    'halts with nothing skipped where Postgres refuses every one of %d messages but few',
    async (count) => {
      await refuse(REFUSES_ALL);
      const before = skipped();
      // Alone, a message proves nothing about others: only the sixth shows that it is not the messages.
      if (count === 1) for (let turn = 0; turn < 5; turn += 1) await apply(await following.append('events', events(1)));
      const batch = await following.append('events', events(count));
      const published = (await following.topic('dead-letters')).length;
      const message = await halt(apply(batch));
      expect(message).toMatch(
        count === 1
          ? /5 messages were skipped within the last hour, and none of events was taken since/
          : /gen_1 stops at events\[\d\] offset \d+: .*constraint nothing\. It was not skipped: Postgres refuses every other message .* that was tried \([15]\) as well\. Mend/,
      );
      expect(skipped() - before).toBe(count === 1 ? 5 : 0);
      expect(await checkpoint(batch)).toBe(batch.from);
      expect(await following.topic('dead-letters')).toHaveLength(published);
      expect(await following.rows('events')).toEqual([]);
    },
  );

  it.each(['poison', 'skipped'])('takes a message that is %s for no sign that Postgres takes others', async (kind) => {
    await refuse(REFUSES_ALL);
    const [first, ...others] = events(3).map((each, place) =>
      kind === 'poison' && place === 0 ? poisoned(each) : each,
    );
    if (first === undefined) throw new Error('three events were made');
    const batch = await following.append('events', [first, ...others]);
    const commands = new ControlCommands(following.control, 'logbook/test', () => 0);
    if (kind === 'skipped' && batch.messages[0] !== undefined) await commands.skip(batch.messages[0], 'by hand');
    const before = skipped();
    expect(await halt(apply(batch))).toContain('every other message of the batch that was tried (1)');
    expect(skipped()).toBe(before);
  });

  it('halts at the sixth message refused within a minute, and goes on with a few more in the next', async () => {
    await refuse(REFUSES);
    const batch = await following.append('events', events(100, 10, 20, 30, 40, 50, 60, 70));
    const message = await halt(apply(batch));
    expect(message).toContain('It was not skipped: 5 messages were skipped within the last minute');
    expect(await following.rows('dead_letters')).toHaveLength(5);
    expect(await checkpoint(batch)).toBe(batch.messages[60]?.offset);

    const rest = batchOf(batch.messages.slice(60));
    await halt(projection.apply(rest));
    following.nowMs += 61_000;
    await expect(projection.apply(rest)).resolves.toBe('CONSUMED');
    expect(await following.rows('events')).toHaveLength(93);
  });

  it('halts where Postgres refuses the checkpoint alone too: a message is not at fault then', async () => {
    await refuse('ALTER TABLE gen_1.dead_letters ADD CONSTRAINT none CHECK (partition IS NULL)');
    await refuse(REFUSES);
    const batch = await following.append('events', events(10, 4));
    const before = skipped();
    expect(await halt(apply(batch))).toContain(
      'Postgres refuses the checkpoint alone too (Postgres refused it: check violation (23514), table dead_letters, constraint none)',
    );
    expect([skipped() - before, await checkpoint(batch)]).toEqual([0, batch.messages[4]?.offset]);
  });

  it('halts a rebuild that would need a new skip, and one that is folded for the first time', async () => {
    const batch = await following.append('events', events(10, 4));
    await following.newGeneration({ behind: true });
    projection = following.projection();
    await refuse(REFUSES);
    const before = skipped();
    const first = await halt(apply(batch));
    expect(first).toContain('a generation that is being rebuilt leaves out only what the log says');
    expect([skipped() - before, await checkpoint(batch)]).toEqual([0, batch.messages[4]?.offset]);
  });

  it('lets a rebuild wait for the live generation at a message that neither has passed, then follow its decision', async () => {
    const { store } = following;
    await refuse(REFUSES);
    const batch = await following.append('events', events(6, 2));
    await begin(batch);
    // Stands in for a second generation: the same tables under another name, the pointer elsewhere.
    await store.pool.query('CREATE SCHEMA gen_9');
    for (const table of ['events', 'sessions', 'dead_letters', 'checkpoints', 'generation', 'agents', 'people']) {
      await store.pool.query(`CREATE TABLE gen_9.${table} (LIKE gen_1.${table} INCLUDING ALL)`);
      if (table === 'checkpoints' || table === 'generation')
        await store.pool.query(`INSERT INTO gen_9.${table} SELECT * FROM gen_1.${table}`);
    }
    const generation = { ...following.generation, name: 'gen_9' } as const;
    const rebuild = following.projection({ generation });
    const before = skipped();
    await expect(rebuild.apply(batch)).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      message: expect.stringContaining('gen_9 waits at events') as unknown,
    });
    expect(skipped()).toBe(before);
    await expect(projection.apply(batch)).resolves.toBe('CONSUMED');
    const published = (await following.topic('dead-letters')).length;
    await expect(rebuild.apply(batchOf(batch.messages.slice(2)))).resolves.toBe('CONSUMED');
    expect(await following.rows('events', 'gen_9')).toHaveLength(5);
    expect(skipped()).toBe(before + 1);
    expect(await following.topic('dead-letters')).toHaveLength(published);
  });

  it('passes on an outage and a bug as they are, with nothing skipped', async () => {
    const batch = await following.append('events', events(4));
    await begin(batch);
    const before = skipped();
    await refuse('ALTER TABLE gen_1.sessions RENAME COLUMN event_count TO renamed');
    await expect(projection.apply(batch)).rejects.toMatchObject({ code: '42703' });
    expect([skipped() - before, await checkpoint(batch)]).toEqual([0, batch.from]);
  });

  it('answers STALE to a batch of which another owner took a part meanwhile', async () => {
    await refuse(REFUSES);
    const batch = await following.append('events', events(8, 6));
    await begin({ ...batch, from: batch.next });
    await expect(projection.apply(batch)).resolves.toBe('STALE');
  });

  it('counts commands and poison as little as events: each message is judged by itself', async () => {
    await refuse(`ALTER TABLE gen_1.agents ADD CONSTRAINT no_name CHECK (agent_name <> 'bad')`);
    const register = (agentName: string) =>
      encodeMessage({
        type: 'com.logbook.agent.register.v1',
        id: `m${(numbers += 1)}`,
        timeMs: Date.UTC(2026, 0, 1),
        source: 'test',
        tenant: tenant('acme'),
        agentName,
        description: null,
      });
    const batch = await following.append('commands', [
      register('a'),
      poisoned(register('b')),
      register('bad'),
      register('c'),
    ]);
    await expect(apply(batch)).resolves.toBe('CONSUMED');
    expect(await following.rows('agents')).toMatchObject([
      { agent_name: 'a', agent_number: 1 },
      { agent_name: 'c', agent_number: 2 },
    ]);
    expect(await following.rows('dead_letters')).toMatchObject([{ step: 'decode' }, { step: 'apply' }]);
  });
});
