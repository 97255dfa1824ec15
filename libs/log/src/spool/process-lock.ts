import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname, join, relative } from 'node:path';

/** Whether a process holds a lock; which one, where it says so. */
export type LockHolder = { readonly state: 'RUNNING'; readonly pid: number | null } | { readonly state: 'GONE' };

/** A holder that is frozen accepts a connection and says nothing. */
const ANSWER_TIMEOUT_MS = 1_000;
/** `sun_path` has 108 bytes on Linux and 104 elsewhere, the last of them zero. */
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * A lock that ends with its process, however that ends: a listening socket with a name in the file system. The kernel
 * refuses connections to it from the moment its process is gone, so no process id is compared, none can be mistaken for
 * another's, and processes in different containers on one volume see each other.
 *
 * A name is taken once. The socket listens before it gets the name, so one that refuses stays refusing for ever.
 */
export class ProcessLock {
  private constructor(
    private readonly path: string,
    private readonly server: Server,
  ) {}

  static async hold(path: string): Promise<ProcessLock> {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(JSON.stringify({ pid: process.pid }));
    });
    const draft = `${path}.new`;
    await withSocketPath(draft, (socketPath) => listening(server, socketPath));
    server.unref();
    await rename(draft, path);
    return new ProcessLock(path, server);
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** Who holds the lock of this path, also where there is none. */
export function lockHolder(path: string): Promise<LockHolder> {
  return withSocketPath(path, (socketPath) => asking(socketPath));
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function asking(path: string): Promise<LockHolder> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(path);
    const settle = (holder: LockHolder): void => {
      socket.destroy();
      resolve(holder);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => settle({ state: 'RUNNING', pid: null }));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.once('end', () => settle({ state: 'RUNNING', pid: pidOf(answer) }));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      // Anything else (a full backlog, no right to connect) does not say that the process is gone.
      const isGone = code === 'ECONNREFUSED' || code === 'ENOENT';
      settle(isGone ? { state: 'GONE' } : { state: 'RUNNING', pid: null });
    });
  });
}

function pidOf(answer: string): number | null {
  try {
    return (JSON.parse(answer) as { pid: number }).pid;
  } catch {
    return null;
  }
}

/** Runs `use` with a name of the same socket that is short enough for the system's address of a socket. */
async function withSocketPath<T>(path: string, use: (socketPath: string) => Promise<T>): Promise<T> {
  const short = [path, relative(process.cwd(), path)].find((name) => Buffer.byteLength(name) <= SOCKET_PATH_BYTES_MAX);
  if (short !== undefined) return use(short);
  if (!existsSync('/proc/self/fd')) {
    throw new Error(
      `the path ${path} is too long for a socket: set LOGBOOK_DATA_DIR to a directory with a shorter one`,
    );
  }
  const directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await use(join('/proc/self/fd', String(directory), basename(path)));
  } finally {
    closeSync(directory);
  }
}
