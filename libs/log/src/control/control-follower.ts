import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
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
import { ControlState, type Log, LogMismatchError, LogUnavailableError } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import { notInLog } from '../delivery/start-position.js';
import { Settlement } from '../delivery/settlement.js';

const FOLLOW_MS_DEFAULT = 500;
/** Between two tries to read up to an offset that was acknowledged. */
const CATCH_UP_RETRY_MS = 100;

export interface ControlFollowerOptions {
  readonly log: Log;
  /** `ce_source` of what this process appends, e.g. `logbook/gateway`. */
  readonly source: string;
  /** How many partitions a log created here gets; an existing log keeps its own. */
  readonly partitions: PartitionCounts;
  /** How long opening and `append` may take; default 30 s. */
  readonly timeoutMs?: number;
  /** How long what other processes append may go unnoticed; default 500. */
  readonly followMs?: number;
}

/**
 * Reads `control` whole, then looks every half second for what came. Opening a log that is empty creates it: the first
 * message at offset 0 is the log's identity, so when two processes create it at once the second one's is ignored by
 * everybody, itself included.
 *
 * Scans, and joins no group: brokers hold a new group back for seconds, and a start-up must not wait for that.
 */
export class ControlFollower {
  readonly state = new ControlState();
  private readonly settlement = new Settlement();
  private readonly stopping = new AbortController();
  /** Everything before this offset was read. */
  private read = offset(0);
  private reading: Promise<void> | undefined;
  private following: Promise<void> | undefined;

  private constructor(private readonly options: Required<ControlFollowerOptions>) {}

  /**
   * Resolves when everything appended before the call is applied and every topic is prepared.
   * Rejects with `LogUnavailableError` or `LogMismatchError`.
   */
  static async open(options: ControlFollowerOptions): Promise<ControlFollower> {
    const follower = new ControlFollower({ timeoutMs: 30_000, followMs: FOLLOW_MS_DEFAULT, ...options });
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

  /** Rejects when following cannot go on; what is known stays as it was. Resolves after `stop`. */
  get ended(): Promise<void> {
    return this.settlement.ended;
  }

  /** Appends and resolves once this process has applied it. */
  async append(messages: readonly ControlMessage[]): Promise<void> {
    const positions = await this.options.log.append('control', messages.map(encodeMessage));
    const last = positions.at(-1);
    if (last === undefined) return;
    await this.bounded(this.readPast(last.offset), `reading what was appended to the control topic`);
  }

  /** Resolves once this process has applied everything that was appended to `control` before the call. */
  async catchUp(): Promise<void> {
    const [end = offset(0)] = await this.options.log.ends('control');
    if (end > 0) await this.bounded(this.readPast(offset(end - 1)), 'catching up with the control topic');
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.following;
    this.settlement.stopped();
  }

  private async start(): Promise<void> {
    const { log, partitions } = this.options;
    await log.prepare({ topics: ['control'], partitions });
    const [end] = await log.ends('control');
    if (end === 0) await log.append('control', this.firstMessages().map(encodeMessage));
    await this.bounded(this.readOn(), 'reading the control topic');
    const rest = TOPICS.filter((topic) => topic !== 'control');
    await log.prepare({ topics: rest, partitions: this.log.partitions });
    this.following = this.follow();
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

  /** Goes on while the log is away; leaves by `stop`, or by a halt for what waiting cannot mend. */
  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await pause(this.options.followMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.readOn();
      } catch (error) {
        if (error instanceof LogUnavailableError) continue;
        this.settlement.halted(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
  }

  private async readPast(at: Offset): Promise<void> {
    const { signal } = this.stopping;
    while (this.read <= at) {
      try {
        await this.readOn();
      } catch (error) {
        if (!(error instanceof LogUnavailableError)) throw error;
        await pause(CATCH_UP_RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
      if (signal.aborted) throw new LogUnavailableError('following the control topic was stopped');
    }
  }

  /** One reading at a time: messages are applied in order. Who comes meanwhile shares it. */
  private readOn(): Promise<void> {
    this.reading ??= this.readToEnd().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readToEnd(): Promise<void> {
    const { log } = this.options;
    const [end = offset(0)] = await log.ends('control');
    if (end < this.read) throw notInLog(`the control topic was read up to offset ${this.read}, but it ends at ${end}`);
    if (end === this.read) return;
    const place = { topic: 'control', partition: 0 } as const;
    for await (const batch of log.scan({ ...place, from: this.read, to: end, signal: this.stopping.signal })) {
      for (const message of batch.messages) this.state.apply(message);
      this.read = batch.next;
    }
    // Past markers that a foreign transaction has left at the end.
    if (!this.stopping.signal.aborted) this.read = end;
  }

  private bounded<T>(work: Promise<T>, what: string): Promise<T> {
    return withDeadline(work, this.options.timeoutMs, what);
  }
}
