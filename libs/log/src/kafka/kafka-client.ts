import kafkajs, { type Kafka as KafkaClient, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import type { DriverLogger } from '../driver-logger.js';
import { APPEND_TIMEOUT_MS_DEFAULT, type KafkaLogOptions } from './kafka-options.js';

const { Kafka, logLevel } = kafkajs;

const CONNECTION_TIMEOUT_MS = 3_000;

/** The one place that configures the client library. Opens no connection. */
export function createKafkaClient(options: KafkaLogOptions): KafkaClient {
  const { logger, tls, sasl } = options;
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: options.appendTimeoutMs ?? APPEND_TIMEOUT_MS_DEFAULT,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 8 },
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
    // Without a logger of ours the library writes warnings to the console: a silent client hides a crash.
    ...(logger === undefined
      ? { logLevel: logLevel.WARN }
      : { logLevel: logLevel.INFO, logCreator: forwardTo(logger) }),
  } satisfies KafkaConfig);
}

function forwardTo(logger: DriverLogger) {
  return () =>
    ({ level, namespace, log }: LogEntry): void => {
      const { message, ...details } = log;
      logger(isRefusal(namespace, message) ? 'debug' : levelName(level), `kafkajs: ${message}`, {
        namespace,
        ...details,
      });
    };
}

/** kafkajs calls every refusal of a broker an error, before whoever asked has tried again; who gives up says so itself. */
const isRefusal = (namespace: string, message: string): boolean =>
  namespace === 'Connection' && message.startsWith('Response ');

function levelName(level: LogEntry['level']): Parameters<DriverLogger>[0] {
  if (level === logLevel.ERROR) return 'error';
  if (level === logLevel.WARN) return 'warn';
  return level === logLevel.INFO ? 'info' : 'debug';
}
