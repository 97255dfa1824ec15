import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ControlMessage,
  encodeMessage,
  logId,
  type LogCreated,
  newMessageId,
  type Offset,
  offset,
  type PartitionCounts,
  tenant,
  TOPICS,
} from '@logbook/contracts';
import {
  type Batch,
  type Consumption,
  ControlState,
  type Log,
  LogMismatchError,
  LogUnavailableError,
} from '@logbook/core';

export interface ControlFollowerOptions {
  readonly log: Log;
  /** `ce_source` of what this process appends, e.g. `logbook/gateway`. */
  readonly source: string;
  /** How many partitions a log created here gets; an existing log keeps its own. */
  readonly partitions: PartitionCounts;
  /** How long opening and `append` may take; default 30 s. */
  readonly timeoutMs?: number;
}

interface Waiter {
  readonly offset: Offset;
  readonly resolve: () => void;
}

/**
 * Reads `control` whole, then follows it. Opening a log that is empty creates it: the first message at offset 0
 * is the log's identity, so when two processes create it at once the second one's is ignored by everybody, itself included.
 */
export class ControlFollower {
  readonly state = new ControlState();
  private readonly waiters = new Set<Waiter>();
  private consumption: Consumption | undefined;

  private constructor(private readonly options: Required<ControlFollowerOptions>) {}

  /**
   * Resolves when everything appended before the call is applied and every topic is prepared.
   * Rejects with `LogUnavailableError` or `LogMismatchError`.
   */
  static async open(options: ControlFollowerOptions): Promise<ControlFollower> {
    const follower = new ControlFollower({ timeoutMs: 30_000, ...options });
    try {
      await follower.start();
    } catch (error) {
      await follower.stop();
      throw error;
    }
    return follower;
  }

  /** The identity and fixed settings of this log. */
  get log(): LogCreated {
    if (this.state.log === undefined) {
      throw new LogMismatchError(
        'the first message of the control topic does not say which log this is; ' +
          'these topics were not made by Logbook: choose another LOGBOOK_TOPIC_PREFIX or data directory',
      );
    }
    return this.state.log;
  }

  /** Rejects when following cannot go on; what is known stays as it was. */
  get ended(): Promise<void> {
    return this.consumption?.ended ?? Promise.resolve();
  }

  /** Appends and resolves once this process has applied it. */
  async append(messages: readonly ControlMessage[]): Promise<void> {
    const positions = await this.options.log.append('control', messages.map(encodeMessage));
    const last = positions.at(-1);
    if (last !== undefined) await this.applied(offset(last.offset + 1));
  }

  async stop(): Promise<void> {
    await this.consumption?.stop();
  }

  private async start(): Promise<void> {
    const { log, partitions } = this.options;
    await log.prepare({ topics: ['control'], partitions });
    const [end] = await log.ends('control');
    if (end === 0) await log.append('control', this.firstMessages().map(encodeMessage));
    this.consumption = await log.consume({
      topics: ['control'],
      consumer: {
        assigned: () => Promise.resolve({ next: this.state.nextOffset }),
        consume: (batch) => Promise.resolve(this.apply(batch)),
      },
    });
    // A halt is reported to whoever asks for `ended`; without this it would also count as unhandled.
    this.consumption.ended.catch(() => undefined);
    const [endNow] = await log.ends('control');
    await this.applied(endNow ?? offset(0));
    const rest = TOPICS.filter((topic) => topic !== 'control');
    await log.prepare({ topics: rest, partitions: this.log.partitions });
  }

  private firstMessages(): ControlMessage[] {
    const attributes = () => ({ id: newMessageId(), timeMs: Date.now(), source: this.options.source });
    return [
      {
        ...attributes(),
        type: 'com.logbook.log.created.v1',
        logId: logId(randomUUID()),
        secret: randomBytes(32).toString('base64url'),
        formatVersion: 1,
        partitions: this.options.partitions,
        origin: null,
      },
      { ...attributes(), type: 'com.logbook.tenant.created.v1', tenant: tenant('default') },
    ];
  }

  private apply(batch: Batch): 'CONSUMED' {
    for (const message of batch.messages) this.state.apply(message);
    for (const waiter of this.waiters) {
      if (waiter.offset <= batch.next) {
        this.waiters.delete(waiter);
        waiter.resolve();
      }
    }
    return 'CONSUMED';
  }

  private async applied(next: Offset): Promise<void> {
    if (this.state.nextOffset >= next) return;
    const { timeoutMs } = this.options;
    let timer: NodeJS.Timeout | undefined;
    let waiter: Waiter | undefined;
    try {
      await Promise.race([
        new Promise<void>((resolve) => {
          waiter = { offset: next, resolve };
          this.waiters.add(waiter);
        }),
        this.ended.then(() => {
          throw new LogUnavailableError('following the control topic was stopped');
        }),
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => {
            reject(
              new LogUnavailableError(`the control topic was not read up to offset ${next} within ${timeoutMs} ms`),
            );
          }, timeoutMs);
        }),
      ]);
    } finally {
      clearTimeout(timer);
      if (waiter !== undefined) this.waiters.delete(waiter);
    }
  }
}
