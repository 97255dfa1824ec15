import type { EncodedMessage, FoldedTopic, Position } from '@logbook/contracts';
import {
  type Appender,
  type AppendOutcome,
  type Log,
  LogUnavailableError,
  nextSpoolMode,
  type SpoolMode,
  type SpoolSignal,
} from '@logbook/core';
import { SharedDeadline } from '../deadline.js';
import type { DriverLogger } from '../driver-logger.js';
import { BATCH_MESSAGES_MAX, Drainer } from './drainer.js';
import { Gate } from './gate.js';
import { Spool, type SpoolLimits, type SpoolOptions } from './spool.js';
import type { SpoolDisk, SpoolFigures } from './spool-disk.js';

interface AppenderOptions {
  readonly log: Pick<Log, 'append'>;
  /** How long an append waits for the log before it is spooled; default 3 s. */
  readonly holdMs?: number;
  /** Between two attempts to drain while the log is away; default 250. */
  readonly retryMs?: number;
  /** Told of every message that went to the spool, to the log from it, or aside. */
  readonly onMoved?: (moved: { readonly to: 'SPOOL' | 'LOG' | 'PARKED'; readonly messages: number }) => void;
  readonly logger?: DriverLogger | undefined;
}

export interface DurableAppenderOptions extends SpoolOptions, AppenderOptions {}

const HOLD_MS_DEFAULT = 3_000;
const RETRY_MS_DEFAULT = 250;

/**
 * Appends to the log, and to the spool while the log is away. The modes and what leads from one to another are
 * `SPOOL_MODES` of `libs/core`.
 *
 * Under load there is always a message on its way to the spool, which then never empties. So when a batch is all that is
 * left, newcomers wait for it to reach the log, and then go there themselves; if it does not, they are spooled after the hold.
 *
 * An append that was held and not answered is spooled though it may still reach the log: the repetition has the same id
 * and changes nothing, while leaving it out could lose it.
 */
export class DurableAppender implements Appender {
  private current: SpoolMode = 'DIRECT';
  private readonly stopping = new AbortController();
  private readonly drainer: Drainer;
  private readonly gate: Gate;
  private readonly held: SharedDeadline;
  private draining: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: AppenderOptions,
    private readonly spool: Spool,
  ) {
    const { log, logger, onMoved, retryMs = RETRY_MS_DEFAULT, holdMs = HOLD_MS_DEFAULT } = options;
    this.gate = new Gate(holdMs);
    this.held = new SharedDeadline(holdMs, 'the acknowledgement of an append');
    this.drainer = new Drainer({
      log,
      spool,
      retryMs,
      logger,
      away: () => this.signal('LOG_AWAY'),
      took: (messages) => {
        this.signal('LOG_TOOK');
        if (spool.figures().messages - messages <= BATCH_MESSAGES_MAX) this.gate.close();
        onMoved?.({ to: 'LOG', messages });
      },
      parked: () => onMoved?.({ to: 'PARKED', messages: 1 }),
    });
    // What other processes have left comes before anything this one accepts.
    if (!spool.isEmpty) this.signal('LOG_AWAY');
  }

  /** Rejects with `LogMismatchError` where another log's messages wait in the directory. */
  static async open(options: DurableAppenderOptions): Promise<DurableAppender> {
    return new DurableAppender(options, await Spool.open(options));
  }

  /** `open` on another disk than this machine's. */
  static async on(disk: SpoolDisk, options: SpoolLimits & AppenderOptions): Promise<DurableAppender> {
    return new DurableAppender(options, await Spool.on(disk, options));
  }

  get mode(): SpoolMode {
    return this.current;
  }

  figures(): SpoolFigures {
    return this.spool.figures();
  }

  /** Whether the spool would take a message of the largest size now. */
  spoolAccepts(): Promise<boolean> {
    return this.spool.accepts();
  }

  async append(topic: FoldedTopic, messages: readonly EncodedMessage[]): Promise<AppendOutcome> {
    const waited = this.gate.passed();
    if (waited !== undefined) await waited;
    if (this.current === 'DIRECT') {
      const positions = await this.appendToLog(topic, messages);
      if (positions !== 'AWAY') return { outcome: 'APPENDED', positions };
      this.signal('LOG_AWAY');
    }
    await this.spool.put(topic, messages);
    this.options.onMoved?.({ to: 'SPOOL', messages: messages.length });
    return { outcome: 'SPOOLED' };
  }

  /** Takes nothing more; what is not in the log stays on the disk, for the next start. */
  async close(): Promise<void> {
    this.stopping.abort();
    this.gate.open();
    await this.draining;
    await this.spool.close();
  }

  private async appendToLog(topic: FoldedTopic, messages: readonly EncodedMessage[]): Promise<Position[] | 'AWAY'> {
    const { log, logger } = this.options;
    try {
      return await this.held.within(log.append(topic, messages));
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      if (this.current === 'DIRECT') logger?.('warn', 'the log is away; events are spooled', { reason: error.message });
      return 'AWAY';
    }
  }

  private signal(signal: SpoolSignal): void {
    const before = this.current;
    this.current = nextSpoolMode(before, signal);
    if (this.current !== 'DRAINING') this.gate.open();
    if (before === 'DIRECT' && this.current !== 'DIRECT') this.draining = this.drainUntilEmpty();
  }

  private async drainUntilEmpty(): Promise<void> {
    // Whoever found the log away puts its message in this turn; an empty spool would end the draining before it began.
    await Promise.resolve();
    const { signal } = this.stopping;
    try {
      // Asked once more after the last wait: nothing may come between an empty spool and the change of mode.
      while (!this.spool.isEmpty && !signal.aborted) await this.drainer.drain(signal);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Messages behind it would be lost from sight in DIRECT mode, so it stays as it is for a person to look at.
      this.options.logger?.('error', 'the spool cannot be drained any further; events are still spooled', { reason });
      return;
    }
    if (signal.aborted) return;
    this.signal('SPOOL_EMPTY');
    this.options.logger?.('info', 'the spool is empty; events go to the log', {});
  }
}
