import { setTimeout as pause } from 'node:timers/promises';
import { withDeadline } from '../deadline.js';
import type { DriverLogger } from '../driver-logger.js';
import type { PartitionRecords } from './append-queue.js';
import { asAppendError } from './kafka-errors.js';
import { Producer, type ProducerOptions, type SettleBatch } from './producer.js';

const CONNECT_TIMEOUT_MS = 5_000;
const CONNECT_BACKOFF_MS = 250;

export interface RequestSenderOptions extends ProducerOptions {
  readonly logger?: DriverLogger | undefined;
}

/**
 * Sends batches through a producer, one request at a time, and replaces the producer after any failure.
 *
 * The replacing matters. A producer numbers the batches of a partition; after one that failed nobody knows whether the
 * broker counts it. Given its number, the next one, when it has as many messages, could be taken for its repetition:
 * acknowledged and dropped. Given the number after it, it could be refused for ever. A new producer has a new id.
 */
export class RequestSender {
  private producer: Promise<Producer> | undefined;
  private closed = false;

  constructor(private readonly options: RequestSenderOptions) {}

  /** Settles every batch, within the time of one append and that of connecting. Never rejects. */
  async send(batches: readonly PartitionRecords[], settle: SettleBatch): Promise<void> {
    const unsettled = new Map(batches.entries());
    let failure: unknown;
    const settleOnce: SettleBatch = (place, outcome) => {
      if (!unsettled.delete(place)) return;
      if (outcome.kind === 'NOT_ACKNOWLEDGED') failure = outcome.error;
      settle(place, outcome);
    };
    await this.sendWithin(batches, settleOnce).catch((error: unknown) => {
      for (const [place, { records }] of [...unsettled])
        settleOnce(place, { kind: 'NOT_ACKNOWLEDGED', error: asAppendError(error, records.length) });
    });
    if (failure !== undefined) this.replace(failure);
  }

  async close(): Promise<void> {
    this.closed = true;
    const producer = await this.producer?.catch(() => undefined);
    await producer?.end();
  }

  private async sendWithin(batches: readonly PartitionRecords[], settle: SettleBatch): Promise<void> {
    const producer = await this.connected();
    await withDeadline(
      producer.send(batches, settle),
      this.options.appendTimeoutMs,
      'the acknowledgement of an append',
    );
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
    const connecting = Producer.connect(this.options);
    try {
      return await withDeadline(connecting, CONNECT_TIMEOUT_MS, 'connecting to the brokers');
    } catch (error) {
      // One that comes too late is of no use to anybody.
      connecting.then((producer) => producer.end()).catch(() => undefined);
      throw error;
    }
  }

  private replace(failure: unknown): void {
    const discarded = this.producer;
    this.producer = undefined;
    this.options.logger?.('warn', 'an append failed; the next one has another producer', { reason: String(failure) });
    discarded?.then((producer) => producer.end()).catch(() => undefined);
  }
}
