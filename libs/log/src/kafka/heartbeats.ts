const HEARTBEAT_CHECK_MS = 500;

/**
 * Keeps a membership alive while a batch is being consumed, and notices when it is lost: `lost` aborts, with the
 * error that kafkajs must be given back so that it joins the group again.
 */
export class Heartbeats {
  private readonly abort = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private failure: { readonly error: unknown } | undefined;

  /** `beat` is kafkajs's own: it sends one when the heartbeat interval has passed, and nothing before. */
  constructor(beat: () => Promise<void>) {
    this.timer = setInterval(() => {
      if (this.failure !== undefined) return;
      beat().catch((error: unknown) => {
        this.failure ??= { error };
        this.abort.abort();
      });
    }, HEARTBEAT_CHECK_MS);
  }

  get lost(): AbortSignal {
    return this.abort.signal;
  }

  /** Stops beating. @throws what made the membership be lost. */
  end(): void {
    clearInterval(this.timer);
    if (this.failure !== undefined) throw this.failure.error;
  }
}
