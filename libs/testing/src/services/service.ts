import type { DataDirectory } from './data-directory.js';
import type { ServerProcess } from './server-process.js';

/** A real server on 127.0.0.1. Calls must not overlap; each is bounded. */
export interface Service {
  /** For messages: `Kafka`. */
  readonly name: string;
  readonly port: number;
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  /** The server's process; throws while it is not running. */
  readonly pid: number;
  /** Ends it in good order for ever; temporary data are removed. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL to it and its children; the data stay for `restart`. */
  kill(): Promise<void>;
  /** SIGSTOP: it holds its connections and answers nobody. */
  pause(): Promise<void>;
  /** SIGCONT after `pause`. */
  resume(): Promise<void>;
  /** Ends it in good order if it runs, then starts it on the same port with the same data. */
  restart(): Promise<void>;
}

export interface ServiceOptions {
  /** Fixed port; a free one if absent or 0. */
  readonly port?: number | undefined;
  /** Data are kept in a folder of this directory; in a temporary one, removed on stop, if absent. */
  readonly dataDirectory?: string | undefined;
  /** Told in a sentence about steps that take long. */
  readonly onProgress?: ((sentence: string) => void) | undefined;
}

interface LocalServiceParts {
  readonly name: string;
  readonly port: number;
  readonly address: string;
  readonly process: ServerProcess;
  readonly data: DataDirectory;
}

/** A service is its process, and what becomes of its data. */
export class LocalService implements Service {
  private stopped = false;

  constructor(private readonly parts: LocalServiceParts) {}

  get name(): string {
    return this.parts.name;
  }

  get port(): number {
    return this.parts.port;
  }

  get address(): string {
    return this.parts.address;
  }

  get pid(): number {
    return this.parts.process.pid;
  }

  async start(): Promise<this> {
    await this.parts.process.start();
    return this;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    // Nobody will read temporary data again, so there is nothing to end in good order for.
    if (this.parts.data.kept) await this.parts.process.stop();
    else await this.parts.process.kill();
    await this.parts.data.dispose();
  }

  async kill(): Promise<void> {
    await this.parts.process.kill();
  }

  async pause(): Promise<void> {
    await this.parts.process.pause();
  }

  async resume(): Promise<void> {
    await this.parts.process.resume();
  }

  async restart(): Promise<void> {
    if (this.stopped) throw new Error(`${this.name} was stopped for ever; start another`);
    await this.parts.process.stop();
    await this.parts.process.start();
  }
}
