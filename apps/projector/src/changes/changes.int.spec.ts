import { decodeMessage, offset, tenant, type Command } from '@logbook/contracts';
import { personKeyOf } from '@logbook/projections';
import { Generations, Pointer, readEntities } from '@logbook/store';
import { DRIVERS, START_TIMEOUT_MS } from '../following.contract.js';
import { BYTES_MAX, FeedUnderTest, PATIENCE_MS } from './feed-under-test.contract.js';

const acme = tenant('acme');

let told = 0;
const attributes = () => ({ id: `m${(told += 1)}`, timeMs: Date.UTC(2026, 0, 1) + told, source: 'test', tenant: acme });
const person = (personId: string, propertiesJson: string | null): Command => ({
  ...attributes(),
  type: 'com.logbook.person.register.v1',
  personId,
  propertiesJson,
});
const agent = (agentName: string, description: string | null): Command => ({
  ...attributes(),
  type: 'com.logbook.agent.update.v1',
  agentName,
  description,
});
const version = (agentName: string, agentVersionName: string): Command => ({
  ...attributes(),
  type: 'com.logbook.agent-version.register.v1',
  agentName,
  agentVersionName,
  description: 'first',
});

describe.each(DRIVERS)('the feed of changes on the %s drivers', (driver) => {
  let feed: FeedUnderTest;

  beforeAll(async () => {
    feed = await FeedUnderTest.start(driver);
  }, START_TIMEOUT_MS);
  afterEach(() => feed.stopPublishers());
  afterAll(() => feed.following.stop(), START_TIMEOUT_MS);

  it(
    'gives who reads it from the beginning what the tables hold, each message once however often publishers start',
    async () => {
      await feed.tell(version('a/b', 'v 1'), agent('a/b', 'line\n\0\ud800'), person('é 👩‍🚀', '{"n": 9007199254740993}'));
      await feed.project();
      const first = feed.publish();
      await feed.allPublished();
      await feed.tell(...['ann', 'bob', 'cy'].map((name) => person(name, '{"plan":"free"}')), version('a/b', 'v2'));
      await feed.project();
      await feed.allPublished();
      expect(Object.keys(await feed.copy())).toHaveLength(7);
      expect(await feed.copy()).toEqual(await feed.expected());

      await first.stop();
      const before = await feed.messages();
      feed.publish();
      await feed.tell(person('ann', '{"plan":"pro"}'));
      await feed.project();
      await feed.allPublished();
      expect(await feed.messages()).toHaveLength(before.length + 1);
      expect(await feed.copy()).toEqual(await feed.expected());
      for (const message of await feed.messages()) expect(decodeMessage(message).outcome).toBe('DECODED');
      const ids = (await feed.messages()).map(({ headers }) => String(headers['ce_id']));
      expect(new Set(ids).size).toBe(ids.length);
    },
    PATIENCE_MS,
  );

  it(
    'hears nothing of a rebuild, goes on with the generation that readers are pointed to, and back after a rollback',
    async () => {
      const old = feed.following.generation;
      await feed.tell(person('dan', null));
      await feed.project();
      feed.publish();
      await feed.allPublished();
      const before = await feed.messages();

      const rebuilt = await feed.newGeneration();
      feed.publish(rebuilt);
      await feed.project(rebuilt);
      // Ahead of what readers see: that is published once they are pointed to it, and not before.
      await feed.tell(person('eve', '{"a":1}'));
      await feed.project(rebuilt);
      const ends = await feed.following.log.ends('commands');
      await feed.looked();
      expect(await feed.messages()).toHaveLength(before.length);
      expect(await new Pointer(feed.following.store).swap(rebuilt.name)).toMatchObject({ outcome: 'SWAPPED' });
      await feed.published(ends);
      expect(await feed.messages()).toHaveLength(before.length + 1);
      expect(await feed.copy()).toEqual(await feed.expected(rebuilt));

      await feed.tell(person('dan', '{"b":2}'));
      await feed.project(old);
      await feed.project(rebuilt);
      await feed.allPublished();
      expect(await new Pointer(feed.following.store).rollback()).toMatchObject({ outcome: 'SWAPPED' });
      await feed.tell(person('dan', '{"c":3}'));
      await feed.project(old);
      await feed.allPublished();
      expect(await feed.copy()).toEqual(await feed.expected(old));
      await new Generations(feed.following.store).drop(rebuilt.name);
    },
    PATIENCE_MS,
  );

  it(
    'shows no old state while a database that was dropped is filled again, not even where all is to be published anew',
    async () => {
      await feed.tell(person('fay', '{"v":1}'));
      await feed.project();
      feed.publish();
      await feed.allPublished();
      const ends = await feed.following.log.ends('commands');
      await feed.tell(person('fay', '{"v":2}'));
      await feed.project();
      await feed.allPublished();
      const before = await feed.messages();
      await feed.following.newGeneration({ behind: true });
      await feed.project(feed.following.generation, ends);
      await feed.looked();
      await feed.move((place) => ({ ...place, next: offset(0) }));
      await feed.looked();
      expect(await feed.messages()).toHaveLength(before.length);
      await feed.project();
      await feed.allPublished();
      const values = (await feed.of('acme/people/fay')).map(({ value }) => String(value));
      expect(values.map((value) => Number(/v\\":(\d)/.exec(value)?.[1]))).toEqual([1, 2, 2]);
      expect(await feed.copy()).toEqual(await feed.expected());
    },
    PATIENCE_MS,
  );

  it(
    'waits where the tables are older than what was published, as after the restoration of a backup',
    async () => {
      await feed.project();
      const before = await feed.messages();
      await feed.move(({ asOf }) => ({ next: offset(0), asOf: offset(asOf + 1) }));
      feed.publish();
      await feed.looked();
      expect(await feed.messages()).toHaveLength(before.length);
      await feed.tell(agent('a/b', 'later'), ...['a', 'b', 'c', 'd', 'e'].map((name) => person(`${name}-waits`, null)));
      await feed.project();
      await feed.allPublished();
      expect(await feed.copy()).toEqual(await feed.expected());
    },
    PATIENCE_MS,
  );

  it(
    'says of what the tables do not hold that it is gone',
    async () => {
      await feed.tell(person('hal', '{"x":1}'));
      await feed.project();
      feed.publish();
      await feed.allPublished();
      expect(await feed.copy()).toHaveProperty(['acme/people/hal']);
      await feed.following.store.pool.query(
        `DELETE FROM ${feed.following.generation.name}.people WHERE person_id = 'hal'`,
      );
      await feed.tell({ ...attributes(), type: 'com.logbook.person.update.v1', personId: 'hal', propertiesJson: '{}' });
      await feed.project();
      await feed.allPublished();
      const last = (await feed.of('acme/people/hal')).at(-1);
      expect(last?.value).toBeNull();
      expect(last === undefined ? undefined : decodeMessage(last)).toMatchObject({
        message: { type: 'com.logbook.person.changed.v1', personId: 'hal', person: null },
      });
      expect(await feed.copy()).toEqual(await feed.expected());
    },
    PATIENCE_MS,
  );

  it(
    'publishes many large ones in pieces that fit, and one of any size alone',
    async () => {
      const filling = (bytes: number) => JSON.stringify({ x: 'x'.repeat(bytes - 8) });
      await feed.tell(
        person('jo', filling(BYTES_MAX / 2)),
        person('kim', filling(BYTES_MAX / 2 + 1)),
        person('lu', filling(9_000)),
      );
      await feed.project();
      const before = (await feed.messages()).length;
      feed.publish();
      await feed.allPublished();
      expect(await feed.messages()).toHaveLength(before + 3);
      const read = async (bytesMax: number, ...people: string[]) => {
        const personKeys = people.map((personId) => personKeyOf(acme, personId));
        const ids = { agentIds: [], agentVersionIds: [], personKeys };
        const { store, generation } = feed.following;
        return (await readEntities(store, generation, { partition: 0, ids, bytesMax })).outcome;
      };
      expect(await read(BYTES_MAX + 1, 'jo', 'kim')).toBe('READ');
      expect(await read(BYTES_MAX, 'jo', 'kim')).toBe('TOO_LARGE');
      expect(await read(BYTES_MAX, 'lu')).toBe('READ');
      expect(await feed.copy()).toEqual(await feed.expected());
    },
    PATIENCE_MS,
  );

  it(
    'has the last word of the owner where two projectors believe to own a partition',
    async () => {
      feed.publish();
      feed.publish();
      for (let round = 0; round < 8; round += 1) {
        await feed.tell(person('ida', `{"round":${round}}`), agent('a/b', `round ${round}`));
        await feed.project();
      }
      await feed.allPublished();
      expect(await feed.copy()).toEqual(await feed.expected());
      const rounds = (await feed.of('acme/people/ida')).map(({ value }) => Number(/\d+/.exec(String(value))?.[0]));
      expect(rounds).toEqual([...rounds].sort((a, b) => a - b));
    },
    PATIENCE_MS,
  );
});
