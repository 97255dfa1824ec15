import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEAD_LETTER_HEADERS,
  EMBEDDED_PARTITION_COUNTS,
  encodeMessage,
  offset,
  topicOf,
  type EncodedChange,
  type LogbookMessage,
  type Position,
  type StoredMessage,
  type Topic,
} from '@logbook/contracts';
import { LogUnavailableError, type Log } from '@logbook/core';
import { ControlFollower, openEmbeddedLog } from '@logbook/log';
import type { DynamicModule, INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ConnectedLog } from '../connect-log.js';
import { LogTransport } from '../log.transport.js';
import type { Receiver } from '../receivers/receiver.js';
import type { SubscriberHealth } from '../standing.js';
import { RecordingLog } from './recording-log.js';

export interface SubscriberTestOptions {
  /** The module of the service, or one with the controllers under test. */
  readonly module: Type | DynamicModule;
  /** As the service makes it; called again by `restart`. */
  readonly receive: (source: ConnectedLog) => Receiver;
  /** What the log holds before the service starts. */
  readonly before?: readonly LogbookMessage[];
  /** Default `test`. */
  readonly group?: string;
  /** How long `settled` waits; default 10 s. */
  readonly timeoutMs?: number;
}

/** A dead letter as a test looks at it. */
export interface BuriedMessage {
  readonly step: string;
  readonly reason: string;
  /** Where the original lies: `events/0/12`. */
  readonly of: string;
  readonly letter: StoredMessage;
}

const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
const TIMEOUT_MS_DEFAULT = 10_000;
const POLL_MS = 20;

/**
 * A subscriber on a log of its own in this process: the embedded one, in a temporary directory. What a handler sees is
 * what it sees in production; no Kafka is needed.
 */
export class SubscriberTest {
  private app: INestMicroservice | undefined;
  private transport: LogTransport | undefined;

  private constructor(
    private readonly options: SubscriberTestOptions,
    private readonly dir: string,
    private readonly recording: RecordingLog,
    private readonly source: ConnectedLog,
  ) {}

  /** Begins a log and starts the service on it. Rejects as the service's start does. */
  static async start(options: SubscriberTestOptions): Promise<SubscriberTest> {
    const dir = await mkdtemp(join(tmpdir(), 'logbook-subscriber-'));
    const log = await openEmbeddedLog({ dir, messageBytesMax: MESSAGE_BYTES_MAX, pollMs: POLL_MS });
    const control = await ControlFollower.open({ log, source: 'test', partitions: EMBEDDED_PARTITION_COUNTS });
    await control.stop();
    const test = new SubscriberTest(options, dir, new RecordingLog(log), { log, logId: control.log.logId });
    try {
      await test.append(...(options.before ?? []));
      await test.open();
    } catch (error) {
      await test.close();
      throw error;
    }
    return test;
  }

  get log(): Log {
    return this.source.log;
  }

  /** Appends messages in order, each to its topic; resolves with their positions. */
  async append(...messages: readonly LogbookMessage[]): Promise<Position[]> {
    const positions: Position[] = [];
    for (const message of messages) positions.push(...(await this.appendRaw(topicOf(message), encodeMessage(message))));
    return positions;
  }

  /** Appends what no codec has written: poison, or a type of a newer release. */
  appendRaw(topic: Topic, message: EncodedChange): Promise<Position[]> {
    return this.log.append(topic, [message]);
  }

  /** Resolves when everything appended is handled and its checkpoint moved; rejects when the service halted, or after `timeoutMs`. */
  async settled(): Promise<void> {
    const { timeoutMs = TIMEOUT_MS_DEFAULT } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new LogUnavailableError(
            `not everything was handled within ${timeoutMs} ms: ${JSON.stringify(this.health())}`,
          ),
        );
      }, timeoutMs);
    });
    const halted = (this.transport?.ended ?? Promise.resolve()).then(() => new Promise<never>(() => undefined));
    try {
      for (;;) {
        const moved = this.recording.moved();
        if (await this.isBehindNothing()) return;
        await Promise.race([moved, halted, late]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops the service and starts it again, on the same log and with the checkpoints it left. */
  async restart(): Promise<void> {
    await this.stop();
    this.recording.forgetPositions();
    await this.open();
  }

  /** Hands every batch that was handled over once more, as a log does after a crash that came before the commit. */
  redeliver(): Promise<void> {
    return this.recording.redeliver();
  }

  /** What is in the topic of dead letters. */
  async deadLetters(): Promise<BuriedMessage[]> {
    const found: BuriedMessage[] = [];
    const place = { topic: 'dead-letters', partition: 0 } as const;
    const [to = offset(0)] = await this.log.ends('dead-letters');
    for await (const { messages } of this.log.scan({ ...place, from: offset(0), to })) {
      for (const letter of messages) found.push(buried(letter));
    }
    return found;
  }

  health(): SubscriberHealth | undefined {
    return this.transport?.health();
  }

  /** The service's providers, as Nest finds them. */
  get<Provider>(token: Type<Provider>): Provider {
    if (this.app === undefined) throw new Error('the service is stopped');
    return this.app.get(token, { strict: false });
  }

  /** Pauses and resumes as the service could. */
  get running(): LogTransport {
    if (this.transport === undefined) throw new Error('the service is stopped');
    return this.transport;
  }

  /** Stops everything and removes the log. */
  async close(): Promise<void> {
    await this.stop();
    await this.log.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  private async open(): Promise<void> {
    const { module, receive, group = 'test' } = this.options;
    this.transport = new LogTransport({ log: this.recording.log, group, receive: receive(this.source) });
    this.app = await NestFactory.createMicroservice(module, { strategy: this.transport, logger: false });
    await this.app.listen();
  }

  private async stop(): Promise<void> {
    const { app } = this;
    this.app = undefined;
    this.transport = undefined;
    await app?.close();
  }

  private async isBehindNothing(): Promise<boolean> {
    const held = this.transport?.assignment() ?? [];
    for (const topic of new Set(held.map((each) => each.topic))) {
      const ends = await this.log.ends(topic);
      const isBehind = ends.some((end, partition) => (this.recording.position({ topic, partition }) ?? -1) < end);
      if (isBehind) return false;
    }
    return true;
  }
}

function buried(letter: StoredMessage): BuriedMessage {
  const header = (name: string): string => String(letter.headers[name] ?? '');
  const { step, reason, topic, partition, offset: at } = DEAD_LETTER_HEADERS;
  return {
    step: header(step),
    reason: header(reason),
    of: `${header(topic)}/${header(partition)}/${header(at)}`,
    letter,
  };
}
