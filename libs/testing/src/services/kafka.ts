import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDataDirectory, type DataDirectory } from './data-directory.js';
import { exchange } from './exchange.js';
import { checkJava, kafkaClassPath } from './kafka-distribution.js';
import { secureListeners, type KafkaSecurityOptions, type SecureListeners } from './kafka-security.js';
import { freePort, HOST } from './ports.js';
import { runProgram } from './run-program.js';
import { ServerProcess } from './server-process.js';
import { LocalService, type Service, type ServiceOptions } from './service.js';

export interface KafkaService extends Service {
  /** For `KAFKA_BROKERS`. */
  readonly brokers: string;
  /** The folder in which each partition has one. */
  readonly logs: string;
}

export interface KafkaOptions extends ServiceOptions {
  readonly security?: KafkaSecurityOptions;
}

/** A Kafka that also listens for those who prove who they are, over TLS. */
export interface SecureKafkaService extends KafkaService {
  readonly secure: Pick<SecureListeners, 'sasl' | 'mutual'>;
}

const START_TIMEOUT_MS = 60_000;

/** One Apache Kafka node, broker and controller in one (KRaft), topics made by nobody but the code under test. */
export async function startKafka(
  options: KafkaOptions & { readonly security: KafkaSecurityOptions },
): Promise<SecureKafkaService>;
export async function startKafka(options?: ServiceOptions): Promise<KafkaService>;
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaService> {
  await checkJava();
  const classPath = await kafkaClassPath(options.onProgress ?? (() => undefined));
  return withDataDirectory('kafka', options.dataDirectory, (data) =>
    startNode({ data, classPath, port: options.port, security: options.security }),
  );
}

interface Node {
  readonly data: DataDirectory;
  readonly classPath: string;
  readonly port: number | undefined;
  readonly security: KafkaSecurityOptions | undefined;
}

async function startNode({ data, classPath, ...options }: Node): Promise<KafkaService> {
  const port = options.port || (await freePort());
  const properties = join(data.path, 'server.properties');
  const logs = join(data.path, 'logs');
  const secure = options.security && (await secureListeners(data.path, options.security));
  await writeFile(properties, serverProperties({ port, controllerPort: await freePort(), logs, secure }));
  if (!existsSync(join(logs, 'meta.properties'))) await format(classPath, properties, secure?.formatArguments ?? []);
  const process = new ServerProcess({
    name: 'Kafka',
    command: 'java',
    args: ['-Xmx512m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classPath, 'kafka.Kafka', properties],
    directory: data.path,
    port,
    logFile: join(data.path, 'kafka.log'),
    answers: () => brokerRegistered(port),
    stopSignal: 'SIGTERM',
    startTimeoutMs: START_TIMEOUT_MS,
    stopTimeoutMs: 20_000,
  });
  const address = `${HOST}:${port}`;
  const service = await new LocalService({ name: 'Kafka', port, address, process, data }).start();
  return Object.assign(service, { brokers: address, logs, ...(secure !== undefined && { secure }) });
}

async function format(classPath: string, properties: string, more: readonly string[]): Promise<void> {
  const id = randomBytes(16);
  // The tool takes an id that begins with a dash for an option.
  id.writeUInt8(id.readUInt8() & 0x7f);
  const tool = [
    '-cp',
    classPath,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    id.toString('base64url'),
    '-c',
    properties,
    ...more,
  ];
  await runProgram('java', tool, { timeoutMs: START_TIMEOUT_MS, missing: 'java is not on the PATH' });
}

interface NodeSettings {
  readonly port: number;
  readonly controllerPort: number;
  readonly logs: string;
  readonly secure: SecureListeners | undefined;
}

function serverProperties(node: NodeSettings): string {
  const open = `PLAINTEXT://${HOST}:${node.port}`;
  const toClients = node.secure === undefined ? open : `${open},${node.secure.listeners}`;
  const protocols = 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT';
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${HOST}:${node.controllerPort}`,
    listeners: `${toClients},CONTROLLER://${HOST}:${node.controllerPort}`,
    'advertised.listeners': toClients,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': node.secure === undefined ? protocols : `${protocols},${node.secure.protocols}`,
    'log.dirs': node.logs,
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'message.max.bytes': 16 * 1024 * 1024,
    'replica.fetch.max.bytes': 16 * 1024 * 1024,
    // A killed broker may register again only when the session of the dead one has expired (9 s by default).
    'broker.session.timeout.ms': 6_000,
    'broker.heartbeat.interval.ms': 1_000,
    // The defaults, 128 MB of heap and two 10 MB files a partition, are for bigger machines and fewer topics.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
    // How long the cleaner sleeps where it found nothing to compact (15 s by default): tests wait for it.
    'log.cleaner.backoff.ms': 1_000,
    ...node.secure?.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * An open port is not enough: a broker listens before it is registered, and lists itself only after.
 * Metadata request, version 0, no topics named. Source: Kafka protocol guide, "Metadata API".
 */
async function brokerRegistered(port: number): Promise<void> {
  const request = Buffer.from('0000000f' + '0003' + '0000' + '00000001' + '0001' + '6c' + '00000000', 'hex');
  const whole = (answer: Buffer): boolean => answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0);
  const answer = await exchange(port, request, whole);
  if (answer.readInt32BE(8) < 1) throw new Error('the broker is not registered yet');
}
