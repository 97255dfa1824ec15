import type { StoredMessage } from '@logbook/contracts';

export interface HandlerContextOptions {
  readonly messages: readonly StoredMessage[];
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly transaction: unknown;
}

/** What a handler is told beside the messages. */
export class HandlerContext {
  constructor(private readonly options: HandlerContextOptions) {}

  /** The messages as they lie in the log: position, key, headers and bytes. */
  get messages(): readonly StoredMessage[] {
    return this.options.messages;
  }

  /** 1, or more when these messages failed before in this process. */
  get attempt(): number {
    return this.options.attempt;
  }

  /** Aborts when the partition is to be given up: a handler that takes long should end early, by throwing. */
  get signal(): AbortSignal {
    return this.options.signal;
  }

  /**
   * The connection whose transaction moves the checkpoint: what is written with it is there exactly once.
   * The caller names its type, `pg`'s `PoolClient` where the pool is `pg`'s.
   * @throws Error where the checkpoints are no database's.
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  transaction<Client>(): Client {
    if (this.options.transaction === undefined) {
      throw new Error('these checkpoints have no transaction: keep them with PostgresCheckpoints');
    }
    return this.options.transaction as Client;
  }
}
