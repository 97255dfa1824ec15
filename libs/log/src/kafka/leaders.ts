import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, Kafka } from 'kafkajs';
import { topicName, type Topic } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import { BorrowedCluster } from './borrowed-cluster.js';
import { asLogError } from './kafka-errors.js';
import { LOOKUP_TIMEOUT_MS } from './kafka-options.js';

const RETRY_MS = 100;

/**
 * Asks the leaders of a topic's partitions. kafkajs's admin client does not do for this: when a leader has moved it
 * reports the error and goes on asking the old one until its metadata expires, minutes later.
 */
export class Leaders {
  private readonly borrowed: BorrowedCluster;
  private closed = false;

  constructor(
    kafka: Kafka,
    private readonly prefix: string,
  ) {
    this.borrowed = new BorrowedCluster(kafka, `${prefix}-leaders`);
  }

  /**
   * Repeats a question until it is answered: a leader may have moved, a broker may be starting.
   * Rejects with `LogUnavailableError` after 15 s; with `final` errors, and for a log that is not what it should be, at
   * once and with the error as it is.
   */
  ask<T>(
    { topic, what, final = () => false }: { topic: Topic; what: string; final?: (error: unknown) => boolean },
    question: (cluster: Cluster, name: string) => Promise<T>,
  ): Promise<T> {
    const deadline = Date.now() + LOOKUP_TIMEOUT_MS;
    const untilAnswered = async (): Promise<T> => {
      for (;;) {
        try {
          return await this.askOnce(topic, question);
        } catch (error) {
          if (final(error) || error instanceof LogMismatchError) throw error;
          // Once closed, another try would connect again.
          if (this.closed || Date.now() + RETRY_MS > deadline) throw asLogError(error, what);
          await pause(RETRY_MS);
          await this.borrowed.lookAgain(error);
        }
      }
    };
    return withDeadline(untilAnswered(), LOOKUP_TIMEOUT_MS, what);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.borrowed.close();
  }

  private async askOnce<T>(topic: Topic, question: (cluster: Cluster, name: string) => Promise<T>): Promise<T> {
    const cluster = await this.borrowed.connected();
    const name = topicName(this.prefix, topic);
    await cluster.addTargetTopic(name);
    await cluster.refreshMetadataIfNecessary();
    return question(cluster, name);
  }
}
