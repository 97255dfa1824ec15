import { setTimeout as pause } from 'node:timers/promises';
import {
  type ControlMessage,
  encodeMessage,
  type LogCreated,
  type Offset,
  offset,
  type PartitionCounts,
  type StoredMessage,
  TOPICS,
} from '@logbook/contracts';
import { ControlState, type Log, LogMismatchError, LogUnavailableError } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import { notInLog } from '../delivery/start-position.js';
import { Settlement } from '../delivery/settlement.js';
import type { DriverLogger } from '../driver-logger.js';
import { anotherLog, type ControlCopy } from './control-copy.js';
import { firstMessages } from './first-messages.js';

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
  /** What an earlier process has kept of `control`, and where this one keeps it. The caller closes it. */
  readonly copy?: ControlCopy;
  /** How long opening waits for the log before it goes on with what the copy says; default 3 s. */
  readonly copyAfterMs?: number;
  readonly logger?: DriverLogger;
}

const TIMEOUT_MS_DEFAULT = 30_000;
const FOLLOW_MS_DEFAULT = 500;
const COPY_AFTER_MS_DEFAULT = 3_000;
/** Between two tries of what needs a log that is away. */
const RETRY_MS = 250;

/**
 * Reads `control` whole, then looks every half second for what came. Opening a log that is empty creates it: the first
 * message at offset 0 is the log's identity, so when two processes create it at once the second one's is ignored by
 * everybody, itself included.
 *
 * Scans, and joins no group: brokers hold a new group back for seconds, and after an outage a member waits for its own
 * former session to expire; neither a start nor a revocation may wait for that.
 *
 * With a copy, opening does not need the log: what the copy says counts until the log answers, which is tried for as long
 * as it takes. Then the log must be the one that was copied, and following goes on where the copy ends.
 */
export class ControlFollower {
  readonly state = new ControlState();
  private readonly settlement = new Settlement();
  private readonly stopping = new AbortController();
  /** Everything before this offset was read. */
  private read = offset(0);
  private reading: Promise<void> | undefined;
  private connecting: Promise<void> = Promise.resolve();
  private following: Promise<void> | undefined;

  private constructor(private readonly options: ControlFollowerOptions) {}

  /**
   * Resolves when everything appended before the call is applied and every topic is prepared, or, while the log is away,
   * when what the copy says is applied. Rejects with `LogUnavailableError` or `LogMismatchError`.
   */
  static async open(options: ControlFollowerOptions): Promise<ControlFollower> {
    const follower = new ControlFollower(options);
    try {
      await follower.start();
    } catch (error) {
      await follower.stop();
      throw error;
    }
    return follower;
  }

  /** Whether the log has answered since the start: its topics are prepared, and what it says is applied. */
  get connected(): boolean {
    return this.following !== undefined;
  }

  /** Resolves once `connected`; rejects if that cannot be. */
  get whenConnected(): Promise<void> {
    return this.connecting;
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
    await this.bounded(this.readPast(last.offset), 'reading what was appended to the control topic');
  }

  /** Resolves once this process has applied everything that was appended to `control` before the call. */
  async catchUp(): Promise<void> {
    const [end = offset(0)] = await this.options.log.ends('control');
    if (end > 0) await this.bounded(this.readPast(offset(end - 1)), 'catching up with the control topic');
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.connecting.catch(() => undefined);
    await this.following;
    this.settlement.stopped();
  }

  private async start(): Promise<void> {
    const { copy, copyAfterMs = COPY_AFTER_MS_DEFAULT, logger } = this.options;
    for (const message of copy?.messages() ?? []) this.state.apply(message);
    this.read = this.state.nextOffset;
    const hasCopy = this.read > 0;
    this.connecting = hasCopy ? this.connectWhenever() : this.connect();
    this.connecting.catch((error: unknown) => this.settlement.halted(asError(error)));
    const waited = new AbortController();
    const copyCounts = async (): Promise<void> => {
      await pause(copyAfterMs, undefined, { signal: waited.signal });
      logger?.('warn', 'the log is away; who may come in is read from the copy of its control topic', {});
    };
    try {
      await Promise.race([this.connecting, ...(hasCopy ? [copyCounts()] : [])]);
    } finally {
      waited.abort();
    }
  }

  /** Tries until the log answers; whatever else it finds is final. */
  private async connectWhenever(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        return await this.connect();
      } catch (error) {
        if (!(error instanceof LogUnavailableError)) throw error;
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async connect(): Promise<void> {
    const { log, partitions } = this.options;
    await log.prepare({ topics: ['control'], partitions });
    if (this.read > 0) await this.requireSameLog();
    else if ((await log.ends('control'))[0] === 0) {
      await log.append('control', firstMessages(this.options).map(encodeMessage));
    }
    await this.bounded(this.readOn(), 'reading the control topic');
    const rest = TOPICS.filter((topic) => topic !== 'control');
    await log.prepare({ topics: rest, partitions: this.log.partitions });
    this.following ??= this.follow();
  }

  /** A log that was recreated, or another one, must not get what was accepted for this one. */
  private async requireSameLog(): Promise<void> {
    const { log, copy } = this.options;
    const wrong = (found: string): LogMismatchError =>
      anotherLog({ dir: copy?.dir ?? 'what this process has read', copied: this.log.logId, found });
    const [end] = await log.ends('control');
    if (end === 0) throw wrong('an empty log');
    const first = await log.read({ topic: 'control', partition: 0, offset: offset(0) });
    const found = new ControlState();
    if (first !== undefined) found.apply(first);
    if (found.log?.logId !== this.log.logId) throw wrong(found.log === undefined ? 'none' : `log ${found.log.logId}`);
  }

  /** Goes on while the log is away; leaves by `stop`, or by a halt for what waiting cannot mend. */
  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    const { followMs = FOLLOW_MS_DEFAULT } = this.options;
    let wasAway = false;
    for (;;) {
      await pause(followMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (wasAway) await this.requireSameLog();
        await this.readOn();
        wasAway = false;
      } catch (error) {
        wasAway = true;
        if (error instanceof LogUnavailableError) continue;
        this.settlement.halted(asError(error));
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
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
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
      await this.keep(batch.messages);
      this.read = batch.next;
    }
    // Past markers that a foreign transaction has left at the end.
    if (!this.stopping.signal.aborted) this.read = end;
  }

  /** A copy that cannot be written is a worse start one day, and no reason to stop following now. */
  private async keep(messages: readonly StoredMessage[]): Promise<void> {
    const { copy, logger } = this.options;
    if (this.state.log === undefined) return;
    await copy?.keep(this.state.log.logId, messages).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      logger?.('error', 'the copy of the control topic could not be written', { dir: copy.dir, reason });
    });
  }

  private bounded<T>(work: Promise<T>, what: string): Promise<T> {
    return withDeadline(work, this.options.timeoutMs ?? TIMEOUT_MS_DEFAULT, what);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
