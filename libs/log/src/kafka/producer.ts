import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, Kafka } from 'kafkajs';
import { topicName } from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import type { PartitionRecords, SendOutcome } from './append-queue.js';
import { BorrowedCluster } from './borrowed-cluster.js';
import { asAppendError } from './kafka-errors.js';
import { ProduceError } from './produce-errors.js';
import {
  decodeProduceResponse,
  encodeProduceRequest,
  PRODUCE,
  type AddressedBatch,
  type BatchAnswer,
} from './produce-request.js';
import { exchange, type RawBroker } from './raw-broker.js';
import { encodeRecordBatch, type ProducerIdentity } from './record-batch-encoder.js';

const RETRY_MS_FIRST = 100;
const RETRY_MS_MAX = 1_000;
/** Sequences are 31 bits and start over. */
const SEQUENCE_MASK = 0x7fffffff;

export type SettleBatch = (place: number, outcome: SendOutcome) => void;

/** A batch on its way; `place` is its place among those that were sent together. */
interface Outgoing extends AddressedBatch {
  readonly place: number;
  readonly messages: number;
}
interface Round {
  readonly waiting: readonly Outgoing[];
  readonly failure?: unknown;
}

export interface ProducerOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly appendTimeoutMs: number;
}

/**
 * One producer, as the brokers know it. A batch is encoded once, with its number in its partition, and these bytes are
 * sent until the leader takes them: so the broker recognises a repetition. Batches of several leaders travel at the same
 * time, each is settled by its own answer, and one that is refused does not fail the others.
 *
 * After a batch that stayed without an acknowledgement the numbers are no longer known to be the broker's: its user takes another producer.
 */
export class Producer {
  private readonly sequences = new Map<string, number>();
  private readonly topics = new Set<string>();
  private ended = false;

  private constructor(
    private readonly borrowed: BorrowedCluster,
    private readonly identity: ProducerIdentity,
    private readonly options: ProducerOptions,
  ) {}

  static async connect(options: ProducerOptions): Promise<Producer> {
    const borrowed = new BorrowedCluster(options.kafka, `${options.prefix}-producer`);
    try {
      const cluster = await borrowed.connected();
      await cluster.refreshMetadataIfNecessary();
      const broker = (await cluster.findControllerBroker()) as RawBroker;
      const { producerId, producerEpoch } = await broker.initProducerId({
        transactionalId: null,
        transactionTimeout: options.appendTimeoutMs,
      });
      return new Producer(borrowed, { producerId: BigInt(producerId), producerEpoch }, options);
    } catch (error) {
      void borrowed.close();
      throw error;
    }
  }

  /** Sends until every batch is settled, or `end` is called. Calls are made one at a time. */
  async send(batches: readonly PartitionRecords[], settle: SettleBatch): Promise<void> {
    const deadline = Date.now() + this.options.appendTimeoutMs;
    let waiting: readonly Outgoing[] = await Promise.all(batches.map((batch, place) => this.encode(batch, place)));
    for (let retryMs = RETRY_MS_FIRST; ; retryMs = Math.min(2 * retryMs, RETRY_MS_MAX)) {
      const round = await this.round(waiting, settle);
      ({ waiting } = round);
      if (waiting.length === 0) return;
      if (this.ended) throw new LogUnavailableError('the producer has ended');
      if (Date.now() + retryMs > deadline) {
        for (const { place, messages } of waiting) settle(place, refused(asAppendError(round.failure, messages)));
        return;
      }
      await pause(retryMs);
      await this.borrowed.lookAgain(round.failure);
    }
  }

  /** Sends nothing more. Resolves when its connections are closed. */
  async end(): Promise<void> {
    this.ended = true;
    await this.borrowed.close();
  }

  private async encode({ topic, partition, records: encoded }: PartitionRecords, place: number): Promise<Outgoing> {
    const name = topicName(this.options.prefix, topic);
    const lane = `${name}/${partition}`;
    const firstSequence = this.sequences.get(lane) ?? 0;
    this.sequences.set(lane, (firstSequence + encoded.length) & SEQUENCE_MASK);
    const records = await encodeRecordBatch(encoded, { ...this.identity, firstSequence, timeMs: Date.now() });
    return { name, partition, records, place, messages: encoded.length };
  }

  /** One request to every leader concerned. */
  private async round(waiting: readonly Outgoing[], settle: SettleBatch): Promise<Round> {
    try {
      const cluster = await this.clusterOf(waiting);
      const byLeader = new Map<string, Outgoing[]>();
      for (const batch of waiting) {
        const [nodeId = 'none'] = Object.keys(cluster.findLeaderForPartitions(batch.name, [batch.partition]));
        const those = byLeader.get(nodeId);
        if (those === undefined) byLeader.set(nodeId, [batch]);
        else those.push(batch);
      }
      const rounds = await Promise.all(
        [...byLeader].map(([nodeId, those]) => this.ask({ cluster, nodeId }, those, settle)),
      );
      return {
        waiting: rounds.flatMap((each) => each.waiting),
        failure: rounds.find(({ failure }) => failure !== undefined)?.failure,
      };
    } catch (failure) {
      return { waiting, failure };
    }
  }

  private async clusterOf(batches: readonly Outgoing[]): Promise<Cluster> {
    const cluster = await this.borrowed.connected();
    for (const { name } of batches) {
      if (this.topics.has(name)) continue;
      await cluster.addTargetTopic(name);
      this.topics.add(name);
    }
    await cluster.refreshMetadataIfNecessary();
    return cluster;
  }

  private async ask(
    { cluster, nodeId }: { readonly cluster: Cluster; readonly nodeId: string },
    batches: readonly Outgoing[],
    settle: SettleBatch,
  ): Promise<Round> {
    try {
      const broker = await cluster.findBroker({ nodeId });
      // An end since then: what is sent from here on could overtake what the next producer sends.
      if (this.ended) return { waiting: batches };
      const request = encodeProduceRequest(batches, this.options.appendTimeoutMs);
      const { answers } = await exchange(broker, PRODUCE, request, decodeProduceResponse);
      return settleAnswered(batches, answers, settle);
    } catch (failure) {
      return { waiting: batches, failure };
    }
  }
}

/** What is to be sent again, or was left out of the answer, is left. */
function settleAnswered(batches: readonly Outgoing[], answers: readonly BatchAnswer[], settle: SettleBatch): Round {
  const waiting: Outgoing[] = [];
  let failure: unknown;
  for (const batch of batches) {
    const answer = answers.find(({ name, partition }) => name === batch.name && partition === batch.partition);
    if (answer?.errorCode === 0 && answer.baseOffset >= 0) {
      settle(batch.place, { kind: 'ACKNOWLEDGED', baseOffset: answer.baseOffset });
      continue;
    }
    const error =
      answer === undefined || answer.errorCode === 0
        ? new Error('the broker did not say where a batch is')
        : new ProduceError(answer.errorCode);
    if (error instanceof ProduceError && !error.passes)
      settle(batch.place, refused(asAppendError(error, batch.messages)));
    else {
      waiting.push(batch);
      failure = error;
    }
  }
  return { waiting, failure };
}

const refused = (error: Error): SendOutcome => ({ kind: 'NOT_ACKNOWLEDGED', error });
