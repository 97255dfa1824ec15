import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import {
  DEFAULT_PARTITION_COUNTS,
  offset,
  partitionCountOf,
  partitionOfKey,
  topicName,
  topicOf,
  type EncodedChange,
  type LogbookMessage,
  type Topic,
} from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog } from '@logbook/log';
import { eventually, kafkaClassPath, uniqueName } from '@logbook/testing';
import kafkajs from 'kafkajs';
import { clientPython, findPython } from '../harness/python.js';
import { inRepository } from '../harness/repository.js';
import { runProgram } from '../harness/run-program.js';
import { everyMessage } from '../log-contents.js';
import { readPage } from './page.js';
import { readLines } from './read-lines.js';

const READ_TIMEOUT_MS = 60_000;
const SET_UP_TIMEOUT_MS = 7 * 60_000;
const GOLDENS = inRepository('libs/contracts/golden/messages/');
const PRODUCED = 'produced from Java';

interface Seen {
  readonly partition: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `null`: a deletion. */
  readonly value: string | null;
}

/** The value of an event that is worth compressing. */
const LONG_VALUE = JSON.stringify({
  event_name: 'llm',
  fingerprint_id: '4e568d47-5dc4-8fd4-8b27-30bff8206323',
  properties: { inputs: Array.from({ length: 500 }, (_, number) => ({ role: 'user', content: `é ${number}` })) },
});

interface Golden {
  readonly topic: Topic;
  readonly encoded: EncodedChange;
}

/** A message of every type in these topics, as the golden files have them. */
async function everyType(topics: readonly Topic[]): Promise<Golden[]> {
  const files = await readdir(GOLDENS);
  const read = files.map(async (file) => {
    const { message, encoded } = JSON.parse(await readFile(join(GOLDENS, file), 'utf8')) as {
      message: LogbookMessage;
      encoded: Omit<EncodedChange, 'value'> & { value: string | null };
    };
    const value = encoded.value === null ? null : Buffer.from(encoded.value, 'base64');
    return { topic: topicOf(message), encoded: { ...encoded, value } };
  });
  return (await Promise.all(read)).filter(({ topic }) => topics.includes(topic));
}

const seenAs = ({ topic, encoded: { key, headers, value } }: Golden): Seen => ({
  partition: partitionOfKey(key, partitionCountOf(DEFAULT_PARTITION_COUNTS, topic)),
  ...{ key, headers, value: value?.toString('utf8') ?? null },
});

describe('the topics, read and written in other languages', () => {
  const { kafkaBrokers } = readTestServices();
  const prefix = uniqueName('languages');
  let log: Log;
  let directory: string;
  let expected: Seen[];
  let expectedChanges: Seen[];
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const location = { kind: 'kafka', brokers: kafkaBrokers.split(','), prefix } as const;
    log = await openLog({
      ...location,
      messageBytesMax: 8 * 1024 * 1024,
      clientId: 'languages',
      logger: () => undefined,
    });
    await (await ControlFollower.open({ log, source: 'languages', partitions: DEFAULT_PARTITION_COUNTS })).stop();
    const goldens = await everyType(['events', 'commands']);
    const event = goldens.find(({ topic }) => topic === 'events') as Golden;
    const messages = [...goldens, { ...event, encoded: { ...event.encoded, value: Buffer.from(LONG_VALUE) } }];
    for (const { topic, encoded } of messages) await log.append(topic, [encoded]);
    expected = messages.map(seenAs);
    await undoneTransaction();
    const changes = await everyType(['changes']);
    const feed = await eventually(() => log.openFeed(0), { what: 'the coordinator of the group to have loaded' });
    await feed.publish(
      changes.map(({ encoded }) => encoded),
      { next: offset(1), asOf: offset(1) },
    );
    expectedChanges = changes.map(seenAs);
    directory = await mkdtemp(join(tmpdir(), 'logbook-languages-'));
    environment = {
      PATH: `${directory}:${process.env['PATH'] ?? ''}`,
      KAFKA_BROKERS: kafkaBrokers,
      LOGBOOK_TOPIC_PREFIX: prefix,
    };
    await asInstalled('kafka-console-consumer.sh', 'org.apache.kafka.tools.consumer.ConsoleConsumer');
    await asInstalled('kafka-console-producer.sh', 'org.apache.kafka.tools.ConsoleProducer');
  }, SET_UP_TIMEOUT_MS);

  afterAll(async () => {
    await log.close();
    await rm(directory, { recursive: true });
  });

  /** What a projector leaves behind that died while it published: the first that lies in each partition. */
  async function undoneTransaction(): Promise<void> {
    const { Kafka, logLevel } = kafkajs;
    const client = new Kafka({ brokers: kafkaBrokers.split(','), clientId: 'died', logLevel: logLevel.NOTHING });
    const producer = client.producer({ transactionalId: `${prefix}-died`, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    const messages = (await log.ends('changes')).map((_, partition) => ({ partition, key: 'undone', value: '{}' }));
    await transaction.send({ topic: topicName(prefix, 'changes'), messages });
    await transaction.abort();
    await producer.disconnect();
  }

  /** What a distribution of Kafka has in its `bin/`: the tests have its jars alone. */
  async function asInstalled(name: string, main: string): Promise<void> {
    const classPath = await kafkaClassPath(() => undefined);
    const java = `java -Xmx256m -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp '${classPath}' ${main}`;
    await writeFile(join(directory, name), `#!/bin/sh\nexec ${java} "$@"\n`);
    await chmod(join(directory, name), 0o755);
  }

  /** Writes a file of the page into the directory; its path. */
  async function fromPage(file: string): Promise<string> {
    const text = (await readPage()).files.get(file);
    if (text === undefined) throw new Error(`docs/subscribing.md does not show ${file}`);
    await writeFile(join(directory, file), text);
    return join(directory, file);
  }

  const read = (command: string, file: string, { length }: readonly Seen[]): Promise<string[]> =>
    readLines({ command, args: [file], environment, lines: length, timeoutMs: READ_TIMEOUT_MS });

  /** As the console consumer prints it. */
  const printed = ({ partition, key, headers, value }: Seen): string => {
    const pairs = Object.entries(headers).map(([name, text]) => `${name}:${text}`);
    return [`Partition:${partition}`, pairs.join('|'), key, value ?? 'null'].join('\t');
  };

  it('Java’s console consumer reads the documented headers, key and value of every message', async () => {
    const lines = await read('sh', await fromPage('read-events.sh'), expected);
    expect(lines.sort()).toEqual(expected.map(printed).sort());
  }, 90_000);

  it('Java’s console consumer reads every change and deletion of the feed, and nothing that was undone', async () => {
    const lines = await read('sh', await fromPage('read-changes.sh'), expectedChanges);
    expect(lines.sort()).toEqual(expectedChanges.map(printed).sort());
  }, 90_000);

  const python = findPython();
  if (python === undefined) {
    it.skip('kafka-python reads them too (SKIPPED: no Python 3.10 or newer with venv and pip on the PATH)', () =>
      undefined);
  } else {
    it(
      'kafka-python reads the documented headers, key and value of every message',
      async () => {
        const program = await clientPython(python, 'topics-requirements.txt');
        const lines = await read(program, await fromPage('read_events.py'), expected);
        const inOrder = (seen: readonly Seen[]): string[] => seen.map((one) => JSON.stringify(one)).sort();
        expect(inOrder(lines.map((line) => JSON.parse(line) as Seen))).toEqual(inOrder(expected));
      },
      SET_UP_TIMEOUT_MS,
    );

    it(
      'kafka-python has a copy of what the feed says is there, without what was deleted or undone',
      async () => {
        const program = await clientPython(python, 'topics-requirements.txt');
        const lines = await read(program, await fromPage('read_changes.py'), expectedChanges);
        const states = lines.map(
          (line) => JSON.parse(line) as Omit<Seen, 'value'> & { state: unknown; current: number },
        );
        const withState = expectedChanges.map(({ value, ...seen }) => {
          return { ...seen, state: value === null ? null : (JSON.parse(value) as unknown) };
        });
        const byId = <T extends Pick<Seen, 'headers'>>(seen: T[]): T[] =>
          seen.sort((one, other) => String(one.headers['ce_id']).localeCompare(String(other.headers['ce_id'])));
        expect(byId(states.map(({ current: _, ...seen }) => seen))).toEqual(byId(withState));
        const current = new Map(expectedChanges.map(({ key, value }) => [key, value !== null]));
        expect(states.at(-1)?.current).toBe([...current.values()].filter((isThere) => isThere).length);
      },
      SET_UP_TIMEOUT_MS,
    );
  }

  it('a message produced from Java lies in the partition that Logbook gives its key', async () => {
    const sessions = Array.from(
      { length: 200 },
      (_, number) => `acme/session-${number}${'é日👩'.slice(0, number % 5)}`,
    );
    const keys = [...sessions.filter((key) => key.isWellFormed()), ...expected.map(({ key }) => key)];
    const input = join(directory, 'messages.txt');
    await writeFile(input, keys.map((key) => `${key}\t${PRODUCED}\n`).join(''));
    const producer = `kafka-console-producer.sh --bootstrap-server ${kafkaBrokers} --topic ${prefix}.events --reader-property parse.key=true < ${input}`;
    const run = await runProgram({ command: 'sh', args: ['-c', producer], environment, timeoutMs: READ_TIMEOUT_MS });
    expect([run.code, run.stderr]).toEqual([0, '']);
    const places: (readonly [string, number])[] = [];
    for await (const { key, value, partition } of everyMessage(log, ['events'])) {
      if (value?.toString('utf8') === PRODUCED) places.push([key?.toString('utf8') ?? '', partition]);
    }
    const ours = keys.map((key) => [key, partitionOfKey(key, DEFAULT_PARTITION_COUNTS.events)] as const);
    expect(places.sort()).toEqual(ours.sort());
    expect(new Set(places.map(([, partition]) => partition)).size).toBe(DEFAULT_PARTITION_COUNTS.events);
  }, 90_000);
});
