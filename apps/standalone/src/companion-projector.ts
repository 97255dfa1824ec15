import type { Batch, Log } from '@logbook/core';
import type { LogId } from '@logbook/contracts';
import type { ControlFollower } from '@logbook/log';
import type { Logger, Metrics, Tracing } from '@logbook/observability';
import { type RunningProjector, startProjector } from '@logbook/projector';
import type { OpeningStore, StoreAddress } from '@logbook/store';

export interface CompanionOptions {
  readonly log: Log;
  readonly logId: LogId;
  readonly control: ControlFollower;
  /** Resolves once the log can be read: a server may start while it is away. */
  readonly logAnswers: Promise<void>;
  readonly opening: OpeningStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Without it nothing is traced. */
  readonly tracing?: Tracing | undefined;
  readonly stopping: AbortSignal;
  /** Told of each batch committed. */
  readonly onCommitted: (batch: Batch) => void;
  /** Called once the embedded store listens. */
  readonly onListening: (address: StoreAddress) => void;
}

/**
 * The projector beside a gateway. Starting (the store is being opened) -> following -> halted. A start that fails is the
 * operator's to mend and ends the process (`refused`). A halt later on does not: events are still taken, and `health`,
 * which liveness shows, says why nothing is projected.
 */
export class CompanionProjector {
  private readonly started: Promise<RunningProjector>;
  private halted: Error | undefined;

  constructor(private readonly options: CompanionOptions) {
    this.started = this.start();
    this.started.catch(() => undefined);
  }

  /** Rejects when the projector could not be started. */
  get refused(): Promise<never> {
    return this.started.then(() => new Promise<never>(() => undefined));
  }

  /** Resolves once the projections follow the log. */
  get following(): Promise<void> {
    return this.started.then(() => undefined);
  }

  health(): { readonly up: boolean; readonly problem?: string } {
    return this.halted === undefined ? { up: true } : { up: false, problem: this.halted.message };
  }

  async stop(): Promise<void> {
    const projector = await this.started.catch(() => undefined);
    await projector?.stop();
  }

  private async start(): Promise<RunningProjector> {
    const { opening, onListening, logger, logAnswers } = this.options;
    await opening.opened;
    if (opening.store.address !== undefined) onListening(await opening.store.address);
    await logAnswers;
    const projector = await startProjector({ ...this.options, store: opening.store });
    projector.failed.catch((error: unknown) => {
      this.halted = error instanceof Error ? error : new Error(String(error));
      logger.fatal({ err: error }, 'the projector halted; events are still taken, reads are not answered any further');
    });
    return projector;
  }
}
