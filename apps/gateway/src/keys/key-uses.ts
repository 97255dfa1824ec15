import type { ApiKeyId, LogId } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import { recordKeyUses, type KeyUses, type Store } from '@logbook/store';

const EVERY_MS = 10_000;

/**
 * Notes when each key was used last and writes it down now and then, away from the requests: while Postgres is away nothing
 * is lost but what a process did not tell before its end. Holds one time for each key.
 */
export class KeyUseRecorder {
  private uses = new Map<ApiKeyId, number>();
  private recording: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  /** `onError` is told of what is no outage. */
  constructor(
    private readonly record: (uses: KeyUses) => Promise<'RECORDED' | 'NO_TABLE'>,
    private readonly onError: (error: unknown) => void,
    everyMs = EVERY_MS,
  ) {
    this.timer = setInterval(() => void this.flush(), everyMs).unref();
  }

  static into(store: Store, logId: LogId, onError: (error: unknown) => void): KeyUseRecorder {
    return new KeyUseRecorder((uses) => recordKeyUses(store, logId, uses), onError);
  }

  used(apiKeyId: ApiKeyId): void {
    this.uses.set(apiKeyId, Date.now());
  }

  /** Writes down what was noted; keeps it where that fails. Calls wait for each other. */
  flush(): Promise<void> {
    return (this.recording = this.recording.then(() => this.flushOnce()));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async flushOnce(): Promise<void> {
    const { uses } = this;
    if (uses.size === 0) return;
    this.uses = new Map();
    let isRecorded = false;
    try {
      isRecorded = (await this.record(uses)) === 'RECORDED';
    } catch (error) {
      if (!(error instanceof DependencyUnavailableError)) this.onError(error);
    }
    // What was noted meanwhile is newer.
    if (!isRecorded) this.uses = new Map([...uses, ...this.uses]);
  }
}
