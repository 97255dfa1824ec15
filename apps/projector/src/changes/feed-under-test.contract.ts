import { encodeMessage, offset, type Command, type StoredMessage, type TopicPartition } from '@logbook/contracts';
import type { FeedPlace } from '@logbook/core';
import { createLogger } from '@logbook/observability';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { type Generation, Generations, type Store } from '@logbook/store';
import { eventually } from '@logbook/testing';
import { type DRIVERS, Following } from '../following.contract.js';
import { logEndsOf } from '../log-ends.js';
import { ChangePublishers } from './change-publishers.js';

export const PATIENCE_MS = 30_000;
export const BYTES_MAX = 4_096;
const PARTITIONS = [0, 1];

interface Row {
  readonly tenant: string;
  readonly agent_name: string;
  readonly agent_version_name: string;
  readonly person_id: string;
  readonly description_json: string | null;
  readonly properties_json: string | null;
  readonly agent_number: number;
  readonly agent_version_number: number;
  readonly created_at: Date;
  readonly deprecated_at: Date | null;
}

/** A log, its projection, and publishers of what that changes; what the feed says, and what it should. */
export class FeedUnderTest {
  private running: ChangePublishers[] = [];
  private looks = 0;

  private constructor(readonly following: Following) {}

  static async start(driver: (typeof DRIVERS)[number]): Promise<FeedUnderTest> {
    return new FeedUnderTest(await Following.start(driver));
  }

  async stopPublishers(): Promise<void> {
    const running = this.running;
    this.running = [];
    await Promise.all(running.map((publishers) => publishers.stop()));
  }

  tell(...commands: Command[]): Promise<unknown> {
    return this.following.log.append(
      'commands',
      commands.map((each) => encodeMessage(each)),
    );
  }

  /** Projects what the log holds of `commands`, as a projector does, up to `to` at the most. */
  async project(generation = this.following.generation, to: readonly number[] = []): Promise<void> {
    const projection = this.following.projection({ generation });
    for (const [partition, end] of (await this.following.log.ends('commands')).entries()) {
      const place: TopicPartition = { topic: 'commands', partition };
      const { next } = await projection.startPosition(place);
      const scan = { ...place, from: next, to: offset(to[partition] ?? end), batchMessagesMax: 2 };
      for await (const batch of this.following.log.scan(scan)) await projection.apply(batch);
    }
    for (const publishers of this.running) for (const partition of PARTITIONS) publishers.moved(partition);
  }

  publish(generation = this.following.generation): ChangePublishers {
    const { log, control, store, metrics } = this.following;
    const publishers = new ChangePublishers({
      log,
      logId: control.log.logId,
      store: { ...store, background: this.counted(store.background) },
      generation,
      source: 'test',
      metrics,
      logger: createLogger({ level: 'silent', service: 'test' }),
      pollMs: 50,
      bytesMax: BYTES_MAX,
    });
    this.running.push(publishers);
    for (const partition of PARTITIONS) publishers.held(partition);
    return publishers;
  }

  private counted(pool: Store['pool']): Store['pool'] {
    const connect = () => {
      this.looks += 1;
      return pool.connect();
    };
    return Object.create(pool, { connect: { value: connect } }) as Store['pool'];
  }

  /** Resolves once each publisher has looked at the tables since. */
  async looked(): Promise<void> {
    const before = this.looks;
    await eventually(() => this.looks > before + 4 * this.running.length, {
      what: 'the publishers to look',
      timeoutMs: PATIENCE_MS,
    });
  }

  /** Every message of the feed, each partition from its beginning. */
  async messages(): Promise<StoredMessage[]> {
    const { log } = this.following;
    const found: StoredMessage[] = [];
    for (const [partition, to] of (await log.ends('changes')).entries()) {
      for await (const { messages } of log.scan({ topic: 'changes', partition, from: offset(0), to })) {
        found.push(...messages);
      }
    }
    return found;
  }

  /** The messages of one key. */
  async of(key: string): Promise<StoredMessage[]> {
    return (await this.messages()).filter((message) => String(message.key) === key);
  }

  /** What a service has that keeps the last value of each key. */
  async copy(): Promise<Record<string, unknown>> {
    const values = new Map<string, unknown>();
    for (const { key, value } of await this.messages()) {
      if (value === null) values.delete(String(key));
      else values.set(String(key), JSON.parse(value.toString()));
    }
    return Object.fromEntries(values);
  }

  /** The same from the tables. */
  async expected(generation = this.following.generation): Promise<Record<string, unknown>> {
    const rows = async (table: string) => (await this.following.rows(table, generation.name)) as unknown as Row[];
    const agents = (await rows('agents')).map((row): [string, unknown] => [
      agentPath(row),
      { description: parsed(row.description_json), agent_number: row.agent_number, ...times(row) },
    ]);
    const versions = (await rows('agent_versions')).map((row): [string, unknown] => [
      `${agentPath(row)}/agent-versions/${encodeURIComponent(row.agent_version_name)}`,
      { description: parsed(row.description_json), agent_version_number: row.agent_version_number, ...times(row) },
    ]);
    const people = (await rows('people')).map((row): [string, unknown] => [
      `${row.tenant}/people/${encodeURIComponent(row.person_id)}`,
      { properties_json: row.properties_json, created_at: row.created_at.toISOString() },
    ]);
    return Object.fromEntries([...agents, ...versions, ...people]);
  }

  async published(next: readonly number[]): Promise<void> {
    await eventually(
      async () => {
        const places = await Promise.all(PARTITIONS.map((partition) => this.following.log.feedPlace(partition)));
        return places.every((place, partition) => place.next === next[partition]);
      },
      { what: `the feed to be at ${next.join(' and ')}`, timeoutMs: PATIENCE_MS },
    );
  }

  async allPublished(): Promise<void> {
    await this.published(await this.following.log.ends('commands'));
  }

  /** As another process that holds the feed for a moment. */
  async move(to: (place: FeedPlace) => FeedPlace): Promise<void> {
    for (const partition of PARTITIONS) {
      const feed = await this.following.log.openFeed(partition);
      await feed.publish([], to(feed.place));
      await feed.close();
    }
  }

  async newGeneration(): Promise<Generation> {
    return new Generations(this.following.store).create({
      logId: this.following.control.log.logId,
      foldVersion: CURRENT_FOLD_VERSION,
      state: 'FOLLOWED',
      until: await logEndsOf(this.following.log),
    });
  }
}

const agentPath = (row: Row): string => `${row.tenant}/agents/${encodeURIComponent(row.agent_name)}`;
const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json));
const times = (row: Row) => ({
  created_at: row.created_at.toISOString(),
  deprecated_at: row.deprecated_at?.toISOString() ?? null,
});
