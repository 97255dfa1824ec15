import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Kafka, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { topicName, type Topic } from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import type { PartitionMessages } from './append-queue.js';
import { asAppendError } from './kafka-errors.js';

const { CompressionTypes, Partitioners } = kafkajs;
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECT_BACKOFF_MS = 250;
const ALL_IN_SYNC_REPLICAS = -1;

export interface RequestSenderOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly appendTimeoutMs: number;
}

/**
 * Sends produce requests through an idempotent producer, one at a time, and replaces the producer after any failure.
 *
 * The replacing matters. kafkajs numbers the batches of a partition, and after a request that failed it gives the
 * number of the lost batch to the next one. If the broker had appended the lost batch after all, it would take the
 * next one, when it has as many messages, for its repetition: acknowledge it and drop it. A new producer has a new id.
 */
export class RequestSender {
  private producer: Promise<Producer> | undefined;
  private closed = false;

  constructor(private readonly options: RequestSenderOptions) {}

  async send(batches: readonly PartitionMessages[]): Promise<number[]> {
    const messages = batches.reduce((sum, batch) => sum + batch.messages.length, 0);
    try {
      const producer = await this.connected();
      const { appendTimeoutMs } = this.options;
      // The library's retries fill the time of one append; the deadline catches what they miss.
      const metadata = await withDeadline(
        producer.sendBatch({
          acks: ALL_IN_SYNC_REPLICAS,
          timeout: appendTimeoutMs,
          compression: CompressionTypes.LZ4,
          topicMessages: this.topicMessages(batches),
        }),
        2 * appendTimeoutMs,
        'the acknowledgement of an append',
      );
      return batches.map((batch) => this.baseOffset(batch, metadata));
    } catch (error) {
      this.discard();
      throw asAppendError(error, messages);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const producer = await this.producer?.catch(() => undefined);
    await producer?.disconnect().catch(() => undefined);
  }

  private topicMessages(batches: readonly PartitionMessages[]) {
    const byTopic = new Map<Topic, Message[]>();
    for (const { topic, partition, messages } of batches) {
      const list = byTopic.get(topic) ?? [];
      byTopic.set(topic, list);
      for (const { key, value, headers } of messages) list.push({ key, value, headers: { ...headers }, partition });
    }
    return [...byTopic].map(([topic, messages]) => ({ topic: topicName(this.options.prefix, topic), messages }));
  }

  /** After a leader has moved amid its retries, kafkajs can report success for a request of which it left out a partition. */
  private baseOffset({ topic, partition }: PartitionMessages, metadata: readonly RecordMetadata[]): number {
    const name = topicName(this.options.prefix, topic);
    const found = metadata.find((entry) => entry.topicName === name && entry.partition === partition);
    const base = Number(found?.baseOffset ?? found?.offset ?? Number.NaN);
    if (!Number.isInteger(base) || base < 0)
      throw new LogUnavailableError(`no broker acknowledged the messages for ${name}[${partition}]`);
    return base;
  }

  /** Keeps trying to connect: nothing was sent yet, so the appends that wait lose nothing by it, and each has its own clock. */
  private async connected(): Promise<Producer> {
    const deadline = Date.now() + this.options.appendTimeoutMs;
    for (;;) {
      this.producer ??= this.connect();
      try {
        return await this.producer;
      } catch (error) {
        this.producer = undefined;
        if (this.closed || Date.now() > deadline) throw error;
        await pause(CONNECT_BACKOFF_MS);
      }
    }
  }

  private async connect(): Promise<Producer> {
    const producer = this.options.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        retries: Math.max(5, Math.ceil(this.options.appendTimeoutMs / 1_000)),
      },
    });
    try {
      await withDeadline(producer.connect(), CONNECT_TIMEOUT_MS, 'connecting to the brokers');
      return producer;
    } catch (error) {
      producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  private discard(): void {
    const discarded = this.producer;
    this.producer = undefined;
    // What is left of its request may fail in peace: it was reported already.
    discarded?.then((producer) => producer.disconnect()).catch(() => undefined);
  }
}
