import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import {
  DEFAULT_PARTITION_COUNTS,
  partitionCountOf,
  partitionOfKey,
  topicOf,
  type EncodedMessage,
  type LogbookMessage,
  type Topic,
} from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog } from '@logbook/log';
import { kafkaClassPath, uniqueName } from '@logbook/testing';
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
  readonly value: string;
}

/** The value of an event that is worth compressing. */
const LONG_VALUE = JSON.stringify({
  event_name: 'llm',
  fingerprint_id: '4e568d47-5dc4-8fd4-8b27-30bff8206323',
  properties: { inputs: Array.from({ length: 500 }, (_, number) => ({ role: 'user', content: `é ${number}` })) },
});

/** A message of every type in these topics, as the golden files have them, and a long event. */
async function everyType(): Promise<{ topic: Topic; encoded: EncodedMessage }[]> {
  const files = await readdir(GOLDENS);
  const read = files.map(async (file) => {
    const { message, encoded } = JSON.parse(await readFile(join(GOLDENS, file), 'utf8')) as {
      message: LogbookMessage;
      encoded: Omit<EncodedMessage, 'value'> & { value: string | null };
    };
    return { topic: topicOf(message), encoded: { ...encoded, value: Buffer.from(encoded.value ?? '', 'base64') } };
  });
  const goldens = (await Promise.all(read)).filter(({ topic }) => topic === 'events' || topic === 'commands');
  const events = goldens.filter(({ topic }) => topic === 'events').slice(0, 1);
  return [
    ...goldens,
    ...events.map(({ topic, encoded }) => ({ topic, encoded: { ...encoded, value: Buffer.from(LONG_VALUE) } })),
  ];
}

describe('the topics, read and written in other languages', () => {
  const { kafkaBrokers } = readTestServices();
  const prefix = uniqueName('languages');
  let log: Log;
  let directory: string;
  let expected: Seen[];
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
    const messages = await everyType();
    for (const { topic, encoded } of messages) await log.append(topic, [encoded]);
    expected = messages.map(({ topic, encoded: { key, headers, value } }) => ({
      partition: partitionOfKey(key, partitionCountOf(DEFAULT_PARTITION_COUNTS, topic)),
      ...{ key, headers, value: value.toString('utf8') },
    }));
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

  const read = (command: string, args: readonly string[]): Promise<string[]> =>
    readLines({ command, args, environment, lines: expected.length, timeoutMs: READ_TIMEOUT_MS });

  it('Java’s console consumer reads the documented headers, key and value of every message', async () => {
    const lines = await read('sh', [await fromPage('read-events.sh')]);
    const printed = expected.map(({ partition, key, headers, value }) => {
      const pairs = Object.entries(headers).map(([name, text]) => `${name}:${text}`);
      return [`Partition:${partition}`, pairs.join('|'), key, value].join('\t');
    });
    expect(lines.sort()).toEqual(printed.sort());
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
        const lines = await read(program, [await fromPage('read_events.py')]);
        const inOrder = (seen: readonly Seen[]): string[] => seen.map((one) => JSON.stringify(one)).sort();
        expect(inOrder(lines.map((line) => JSON.parse(line) as Seen))).toEqual(inOrder(expected));
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
