import { resolve } from 'node:path';
import { validateSync } from 'class-validator';
import {
  checkDatabaseFiles,
  kafkaSecurityOf,
  redisTlsOf,
  type KafkaSecurity,
  type TlsSettings,
} from './connection-security.js';
import { CLIENT_VARIABLES, Environment, TEST_VARIABLE_PREFIX, type LogLevel } from './environment.js';
import { SECRET_FILE_VARIABLES, withSecretFiles } from './secret-files.js';
import { tracingOf, type TracingSettings } from './tracing-settings.js';

/** What a service runs with, read once at its start. A driver is chosen by which variable is set. */
export interface Settings {
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly connectionsMax: number;
    readonly corsOrigins: readonly string[];
  };
  readonly projectorPort: number;
  readonly usagePort: number;
  /** Absolute path. */
  readonly dataDir: string;
  /** Of topics on Kafka, also where the log of this process is an embedded one. */
  readonly topicPrefix: string;
  readonly log:
    | ({ readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly prefix: string } & KafkaSecurity)
    | { readonly kind: 'embedded'; readonly dir: string };
  readonly store:
    { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'embedded'; readonly dir: string };
  readonly cache:
    { readonly kind: 'redis'; readonly url: string; readonly tls?: TlsSettings } | { readonly kind: 'in-process' };
  /** Of every Kafka, also of one that a command names. */
  readonly kafkaSecurity: KafkaSecurity;
  /** Where the gateways of this data directory keep, up to a bound each, what they accept while Kafka is away. */
  readonly spool: { readonly dir: string; readonly bytesMax: number };
  /** Where they keep a copy of `control`. */
  readonly controlCopyDir: string;
  readonly bootstrapApiKey: string | null;
  /** The most bytes of one event after decompression. */
  readonly eventBytesMax: number;
  /** Of each key, and of each tenant; `null` for none. */
  readonly limits: { readonly requestsPerMinute: number | null; readonly newNamesPerHour: number | null };
  /** How long a request waits for the projection to pass the position it needs. */
  readonly readWaitMs: number;
  /** Entries of `extra_headers` to redact beyond the built-in ones. */
  readonly redactHeaders: readonly string[];
  readonly logLevel: LogLevel;
  /** `null`: nothing is traced. */
  readonly tracing: TracingSettings | null;
}

/** Every wrong variable at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly problems: readonly string[]) {
    super(`wrong settings: ${problems.join('; ')}`);
  }
}

/** Services that stand alone need servers that several processes can share. */
export type Service = 'standalone' | 'gateway' | 'projector' | 'usage' | 'cli';

/** They share the log and the store with others, which the embedded drivers cannot. */
const SCALE_SERVICES: ReadonlySet<Service> = new Set<Service>(['gateway', 'projector', 'usage']);

/**
 * Reads the environment. Throws `SettingsError` naming every variable that is wrong, missing for this service,
 * or unknown (a name starting with LOGBOOK_ that nothing reads is a typing error, found here and not in production).
 */
export function readSettings(service: Service, given: NodeJS.ProcessEnv = process.env): Settings {
  const environment = new Environment();
  const { variables, problems: fileProblems } = withSecretFiles(given);
  const problems = [...fileProblems, ...assign(environment, variables), ...unknownVariables(variables)];
  for (const error of validateSync(environment)) {
    problems.push(`${error.property} ${Object.values(error.constraints ?? {})[0]}`);
  }
  if (SCALE_SERVICES.has(service)) {
    for (const name of ['KAFKA_BROKERS', 'DATABASE_URL'] as const) {
      if (environment[name] === undefined) {
        problems.push(
          `${name} must be set for the ${service}; \`npm start\` runs everything in one process without it`,
        );
      }
    }
  }
  const security = { kafka: kafkaSecurityOf(environment, problems), redisTls: redisTlsOf(environment, problems) };
  checkDatabaseFiles(environment, problems);
  const tracing = tracingOf(environment, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...toSettings(environment, security), tracing };
}

function assign(environment: Environment, variables: NodeJS.ProcessEnv): string[] {
  const problems: string[] = [];
  const fields = environment as unknown as Record<string, unknown>;
  for (const name of ENVIRONMENT_VARIABLES) {
    const text = variables[name];
    // An empty variable is how compose files and shells write "not set".
    if (text === undefined || text === '') continue;
    const isNumber = typeof fields[name] === 'number';
    if (isNumber && !/^\d{1,15}$/.test(text))
      problems.push(`${name} must be a whole number, not ${JSON.stringify(text)}`);
    else fields[name] = isNumber ? Number(text) : text;
  }
  return problems;
}

function unknownVariables(variables: NodeJS.ProcessEnv): string[] {
  const known = new Set<string>([...ENVIRONMENT_VARIABLES, ...SECRET_FILE_VARIABLES, ...CLIENT_VARIABLES]);
  return Object.keys(variables)
    .filter((name) => name.startsWith('LOGBOOK_') && !name.startsWith(TEST_VARIABLE_PREFIX) && !known.has(name))
    .map((name) => `${name} is not a setting of Logbook; see docs/configuration.md`);
}

interface ConnectionSecurity {
  readonly kafka: KafkaSecurity;
  readonly redisTls: TlsSettings | undefined;
}

function toSettings(environment: Environment, { kafka, redisTls }: ConnectionSecurity): Omit<Settings, 'tracing'> {
  const dataDir = resolve(environment.LOGBOOK_DATA_DIR);
  const { KAFKA_BROKERS: brokers, DATABASE_URL: database, REDIS_URL: redis } = environment;
  return {
    http: {
      host: environment.HOST,
      port: environment.PORT,
      connectionsMax: environment.LOGBOOK_CONNECTIONS_MAX,
      corsOrigins: list(environment.LOGBOOK_CORS_ORIGINS),
    },
    projectorPort: environment.LOGBOOK_PROJECTOR_PORT,
    usagePort: environment.LOGBOOK_USAGE_PORT,
    dataDir,
    topicPrefix: environment.LOGBOOK_TOPIC_PREFIX,
    log:
      brokers === undefined
        ? { kind: 'embedded', dir: resolve(dataDir, 'log') }
        : { kind: 'kafka', brokers: list(brokers), prefix: environment.LOGBOOK_TOPIC_PREFIX, ...kafka },
    store:
      database === undefined
        ? { kind: 'embedded', dir: resolve(dataDir, 'postgres') }
        : { kind: 'postgres', url: database },
    cache:
      redis === undefined
        ? { kind: 'in-process' }
        : { kind: 'redis', url: redis, ...(redisTls !== undefined && { tls: redisTls }) },
    kafkaSecurity: kafka,
    spool: { dir: resolve(dataDir, 'spool'), bytesMax: environment.LOGBOOK_SPOOL_BYTES_MAX },
    controlCopyDir: resolve(dataDir, 'control'),
    bootstrapApiKey: environment.LOGBOOK_BOOTSTRAP_API_KEY ?? null,
    eventBytesMax: environment.LOGBOOK_EVENT_BYTES_MAX,
    limits: {
      requestsPerMinute: environment.LOGBOOK_REQUESTS_PER_MINUTE_MAX || null,
      newNamesPerHour: environment.LOGBOOK_NEW_NAMES_PER_HOUR_MAX || null,
    },
    readWaitMs: environment.LOGBOOK_READ_WAIT_MS,
    redactHeaders: list(environment.LOGBOOK_REDACT_HEADERS).map((name) => name.toLowerCase()),
    logLevel: environment.LOG_LEVEL,
  };
}

const list = (text: string | undefined): string[] =>
  text === undefined ? [] : text.split(',').map((part) => part.trim());

/** Every variable a service reads, in the order of the documentation. */
export const ENVIRONMENT_VARIABLES = [
  'PORT',
  'HOST',
  'LOGBOOK_DATA_DIR',
  'KAFKA_BROKERS',
  'KAFKA_TLS',
  'KAFKA_TLS_CA_FILE',
  'KAFKA_TLS_CERT_FILE',
  'KAFKA_TLS_KEY_FILE',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'DATABASE_URL',
  'REDIS_URL',
  'REDIS_TLS_CA_FILE',
  'LOGBOOK_BOOTSTRAP_API_KEY',
  'LOGBOOK_TOPIC_PREFIX',
  'LOGBOOK_EVENT_BYTES_MAX',
  'LOGBOOK_SPOOL_BYTES_MAX',
  'LOGBOOK_CONNECTIONS_MAX',
  'LOGBOOK_REQUESTS_PER_MINUTE_MAX',
  'LOGBOOK_NEW_NAMES_PER_HOUR_MAX',
  'LOGBOOK_READ_WAIT_MS',
  'LOGBOOK_PROJECTOR_PORT',
  'LOGBOOK_USAGE_PORT',
  'LOGBOOK_CORS_ORIGINS',
  'LOGBOOK_REDACT_HEADERS',
  'LOG_LEVEL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
] as const satisfies readonly (keyof Environment)[];
