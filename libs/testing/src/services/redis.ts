import { join } from 'node:path';
import { withDataDirectory, type DataDirectory } from './data-directory.js';
import { exchange } from './exchange.js';
import { freePort, HOST } from './ports.js';
import { redisProgram } from './redis-program.js';
import { ServerProcess } from './server-process.js';
import { LocalService, type Service, type ServiceOptions } from './service.js';

export interface RedisService extends Service {
  /** For `REDIS_URL`. */
  readonly url: string;
}

/** A Redis server, or Valkey, which speaks the same protocol; every write is on disk before it is answered. */
export async function startRedis(options: ServiceOptions = {}): Promise<RedisService> {
  const command = await redisProgram(options.onProgress ?? (() => undefined));
  return withDataDirectory('redis', options.dataDirectory, (data) =>
    startServer({ data, command, port: options.port }),
  );
}

interface Server {
  readonly data: DataDirectory;
  readonly command: string;
  readonly port: number | undefined;
}

async function startServer({ data, command, ...options }: Server): Promise<RedisService> {
  const port = options.port || (await freePort());
  const settings = { port, bind: HOST, dir: data.path, save: '', appendonly: 'yes', appendfsync: 'always' };
  const process = new ServerProcess({
    name: 'Redis',
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    directory: data.path,
    port,
    logFile: join(data.path, 'redis.log'),
    answers: () => pongs(port),
    stopSignal: 'SIGTERM',
    startTimeoutMs: 30_000,
    stopTimeoutMs: 10_000,
  });
  const address = `${HOST}:${port}`;
  const service = await new LocalService({ name: 'Redis', port, address, process, data }).start();
  return Object.assign(service, { url: `redis://${address}` });
}

/** While its data are being loaded, a server answers PING with an error. */
async function pongs(port: number): Promise<void> {
  const answer = await exchange(port, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'));
  if (!answer.toString('latin1').startsWith('+PONG')) throw new Error('the server does not answer yet');
}
