import 'reflect-metadata';
import { IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min, ValidateBy } from 'class-validator';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** `OTEL_TRACES_SAMPLER`, by OpenTelemetry's names. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** `name=value`, or several separated by commas; a percent sign only as part of an escape. */
const HEADER_LIST =
  /^[\w-]+=([\x21-\x24\x26-\x2b\x2d-\x7e]|%[0-9a-fA-F]{2})*(,[\w-]+=([\x21-\x24\x26-\x2b\x2d-\x7e]|%[0-9a-fA-F]{2})*)*$/;
const isHeaderList = (value: unknown): boolean =>
  typeof value === 'string' && HEADER_LIST.test(value) && isDecodable(value);

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const A_PATH = /^[^\0]+$/;
const MIB = 1024 * 1024;
/** Kafka clients and brokers handle messages of this size only with every limit raised; beyond it lies trouble. */
const EVENT_BYTES_CEILING = 64 * MIB;
/** 1 TiB: hours of a busy gateway, on any disk that one would give it. */
const SPOOL_BYTES_CEILING = 1024 * 1024 * MIB;

/** As many as one process can have open on most systems. */
const CONNECTIONS_CEILING = 1_000_000;
/** Far beyond what one gateway serves, and so as good as none. */
const LIMIT_CEILING = 1_000_000_000;

const HOST_PORT = /^(\[[0-9a-fA-F:]+\]|[^\s:,/]+):(\d{1,5})$/;
const isBrokerList = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.split(',').every((part) => {
    const match = HOST_PORT.exec(part.trim());
    return match !== null && Number(match[2]) >= 1 && Number(match[2]) <= 65_535;
  });

/**
 * The variables Logbook reads, one property each, with what makes a value wrong.
 * `docs/configuration.md` lists them; a test compares the two.
 */
export class Environment {
  @IsInt({ message: 'must be a port number from 0 to 65535' })
  @Min(0, { message: 'must be a port number from 0 to 65535' })
  @Max(65_535, { message: 'must be a port number from 0 to 65535' })
  PORT = 8080;

  @IsInt({ message: `must be a whole number from 1 to ${CONNECTIONS_CEILING}` })
  @Min(1, { message: `must be a whole number from 1 to ${CONNECTIONS_CEILING}` })
  @Max(CONNECTIONS_CEILING, { message: `must be a whole number from 1 to ${CONNECTIONS_CEILING}` })
  LOGBOOK_CONNECTIONS_MAX = 10_000;

  @Matches(/^[^\s/]+$/, { message: 'must be a host name or an address, e.g. 127.0.0.1' })
  HOST = '127.0.0.1';

  @Matches(A_PATH, { message: 'must be the path of a directory' })
  LOGBOOK_DATA_DIR = '.logbook';

  @IsOptional()
  @ValidateBy({
    name: 'brokers',
    validator: { validate: isBrokerList, defaultMessage: () => 'must be host:port, or several separated by commas' },
  })
  KAFKA_BROKERS?: string;

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  KAFKA_TLS: 'true' | 'false' = 'false';

  @IsOptional()
  @Matches(A_PATH, { message: 'must be the path of a file' })
  KAFKA_TLS_CA_FILE?: string;

  @IsOptional()
  @Matches(A_PATH, { message: 'must be the path of a file' })
  KAFKA_TLS_CERT_FILE?: string;

  @IsOptional()
  @Matches(A_PATH, { message: 'must be the path of a file' })
  KAFKA_TLS_KEY_FILE?: string;

  @IsOptional()
  @IsIn([...SASL_MECHANISMS], { message: `must be one of ${SASL_MECHANISMS.join(', ')}` })
  KAFKA_SASL_MECHANISM?: (typeof SASL_MECHANISMS)[number];

  @IsOptional()
  @Matches(/^[^\0]+$/, { message: 'must be the name of a user' })
  KAFKA_SASL_USERNAME?: string;

  @IsOptional()
  @Matches(/^[^\0]+$/, { message: 'must be a password' })
  KAFKA_SASL_PASSWORD?: string;

  @IsOptional()
  @IsUrl(
    { protocols: ['postgres', 'postgresql'], require_protocol: true, require_tld: false, require_host: true },
    { message: 'must be a URL like postgres://user:password@host:5432/database' },
  )
  DATABASE_URL?: string;

  @IsOptional()
  @IsUrl(
    { protocols: ['redis', 'rediss'], require_protocol: true, require_tld: false, require_host: true },
    { message: 'must be a URL like redis://host:6379' },
  )
  REDIS_URL?: string;

  @IsOptional()
  @Matches(A_PATH, { message: 'must be the path of a file' })
  REDIS_TLS_CA_FILE?: string;

  @IsOptional()
  @Matches(/^[\x21-\x7e]{20,255}$/, { message: 'must be 20 to 255 visible ASCII characters' })
  LOGBOOK_BOOTSTRAP_API_KEY?: string;

  // A topic's name may have 249 characters; the longest class takes 13 of them.
  @Matches(/^[a-zA-Z0-9._-]{1,200}$/, { message: 'must be 1 to 200 characters of a-z, A-Z, 0-9, ".", "_" and "-"' })
  LOGBOOK_TOPIC_PREFIX = 'logbook';

  @IsInt({ message: `must be a whole number of bytes from 1024 to ${EVENT_BYTES_CEILING}` })
  @Min(1024, { message: `must be a whole number of bytes from 1024 to ${EVENT_BYTES_CEILING}` })
  @Max(EVENT_BYTES_CEILING, { message: `must be a whole number of bytes from 1024 to ${EVENT_BYTES_CEILING}` })
  LOGBOOK_EVENT_BYTES_MAX = 8 * MIB;

  @IsInt({ message: `must be a whole number of bytes from ${MIB} to ${SPOOL_BYTES_CEILING}` })
  @Min(MIB, { message: `must be a whole number of bytes from ${MIB} to ${SPOOL_BYTES_CEILING}` })
  @Max(SPOOL_BYTES_CEILING, { message: `must be a whole number of bytes from ${MIB} to ${SPOOL_BYTES_CEILING}` })
  LOGBOOK_SPOOL_BYTES_MAX = 1024 * MIB;

  @IsInt({ message: `must be a whole number from 0 to ${LIMIT_CEILING}` })
  @Max(LIMIT_CEILING, { message: `must be a whole number from 0 to ${LIMIT_CEILING}` })
  LOGBOOK_REQUESTS_PER_MINUTE_MAX = 0;

  @IsInt({ message: `must be a whole number from 0 to ${LIMIT_CEILING}` })
  @Max(LIMIT_CEILING, { message: `must be a whole number from 0 to ${LIMIT_CEILING}` })
  LOGBOOK_NEW_NAMES_PER_HOUR_MAX = 0;

  @IsInt({ message: 'must be a whole number of milliseconds from 1 to 60000' })
  @Min(1, { message: 'must be a whole number of milliseconds from 1 to 60000' })
  @Max(60_000, { message: 'must be a whole number of milliseconds from 1 to 60000' })
  LOGBOOK_READ_WAIT_MS = 10_000;

  @IsInt({ message: 'must be a port number from 0 to 65535' })
  @Min(0, { message: 'must be a port number from 0 to 65535' })
  @Max(65_535, { message: 'must be a port number from 0 to 65535' })
  LOGBOOK_PROJECTOR_PORT = 8081;

  @IsInt({ message: 'must be a port number from 0 to 65535' })
  @Min(0, { message: 'must be a port number from 0 to 65535' })
  @Max(65_535, { message: 'must be a port number from 0 to 65535' })
  LOGBOOK_USAGE_PORT = 8082;

  @IsOptional()
  @Matches(/^(https?:\/\/[^\s,/]+)(,https?:\/\/[^\s,/]+)*$/, {
    message: 'must be origins like https://app.example.com, separated by commas',
  })
  LOGBOOK_CORS_ORIGINS?: string;

  @IsOptional()
  @Matches(/^[\x21-\x2b\x2d-\x7e]+(,[\x21-\x2b\x2d-\x7e]+)*$/, {
    message: 'must be header names separated by commas',
  })
  LOGBOOK_REDACT_HEADERS?: string;

  @IsOptional()
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, require_host: true },
    { message: 'must be a URL like http://localhost:4318' },
  )
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @IsOptional()
  @ValidateBy({
    name: 'headers',
    validator: {
      validate: isHeaderList,
      defaultMessage: () => 'must be name=value, or several separated by commas, values percent-encoded',
    },
  })
  OTEL_EXPORTER_OTLP_HEADERS?: string;

  @IsIn([...SAMPLERS], { message: `must be one of ${SAMPLERS.join(', ')}` })
  OTEL_TRACES_SAMPLER: (typeof SAMPLERS)[number] = 'parentbased_always_on';

  @IsOptional()
  @Matches(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, { message: 'must be a number from 0 to 1, e.g. 0.01' })
  OTEL_TRACES_SAMPLER_ARG?: string;

  @IsIn([...LOG_LEVELS], { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL: LogLevel = 'info';
}

/** Read by clients of a running server (`npm run smoke`), not by a service; known, so not reported as unknown. */
export const CLIENT_VARIABLES = ['LOGBOOK_URL', 'LOGBOOK_API_KEY'] as const;
/** Read by the tests alone. */
export const TEST_VARIABLE_PREFIX = 'LOGBOOK_TEST_';
