import type { Consumer } from 'kafkajs';

export interface MembershipWatchOptions {
  readonly consumer: Consumer;
  /** Between two looks; default 15 s. */
  readonly intervalMs?: number;
  /** How many looks in a row may find no sign of life; default 4: with the interval longer than a group takes to share anew. */
  readonly silentLooksMax?: number;
  /** Rejects while no broker answers. */
  readonly ask: () => Promise<unknown>;
  /** Called once, when the membership is lost for good. */
  readonly onLost: () => void;
}

const INTERVAL_MS_DEFAULT = 15_000;
const SILENT_LOOKS_MAX_DEFAULT = 4;

/**
 * Notices that kafkajs has ceased to be a member of its group without an event: while it is one it beats, fetching or
 * consuming, paused or not. Brokers that do not answer excuse it. Looks are counted, not time, so that a process that was
 * frozen gets the time to join again.
 */
export class MembershipWatch {
  private silentLooks = 0;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(private readonly options: MembershipWatchOptions) {
    const { consumer } = options;
    for (const sign of [consumer.events.GROUP_JOIN, consumer.events.HEARTBEAT] as const)
      consumer.on(sign, () => (this.silentLooks = 0));
  }

  start(): void {
    const { intervalMs = INTERVAL_MS_DEFAULT, silentLooksMax = SILENT_LOOKS_MAX_DEFAULT } = this.options;
    this.timer = setTimeout(() => {
      this.silentLooks += 1;
      const looked = this.silentLooks <= silentLooksMax ? Promise.resolve() : this.judge();
      void looked.then(() => {
        if (!this.ended) this.start();
      });
    }, intervalMs);
    this.timer.unref();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private async judge(): Promise<void> {
    const { ask, onLost, silentLooksMax = SILENT_LOOKS_MAX_DEFAULT } = this.options;
    const answered = await ask().then(
      () => true,
      () => false,
    );
    if (!answered) this.silentLooks = 0;
    // It may have joined while the brokers were asked.
    if (this.ended || this.silentLooks <= silentLooksMax) return;
    this.end();
    onLost();
  }
}
