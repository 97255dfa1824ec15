import type { Environment } from './environment.js';
import { readSettingFile } from './secret-files.js';

/** PEM texts, for `tls.connect`. Without `ca` the authorities that Node trusts; the server's certificate is always verified. */
export interface TlsSettings {
  readonly ca?: string;
  /** Of this client, where the server asks for one. */
  readonly cert?: string;
  readonly key?: string;
}

export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** How every connection to Kafka is secured, whichever cluster it leads to. */
export interface KafkaSecurity {
  readonly tls?: TlsSettings;
  readonly sasl?: SaslSettings;
}

/** Adds to `problems` what does not fit together, or cannot be read. */
export function kafkaSecurityOf(environment: Environment, problems: string[]): KafkaSecurity {
  const tls = environment.KAFKA_TLS === 'true' ? kafkaTls(environment, problems) : undefined;
  if (tls === undefined) {
    for (const name of ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const)
      if (environment[name] !== undefined) problems.push(`${name} is of use with KAFKA_TLS=true alone`);
  }
  const sasl = saslOf(environment, problems);
  return { ...(tls !== undefined && { tls }), ...(sasl !== undefined && { sasl }) };
}

function kafkaTls(environment: Environment, problems: string[]): TlsSettings {
  const { KAFKA_TLS_CERT_FILE: certFile, KAFKA_TLS_KEY_FILE: keyFile } = environment;
  if ((certFile === undefined) !== (keyFile === undefined))
    problems.push('KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE must be set together');
  const [ca, cert, key] = (['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const).map((name) =>
    pemOf(environment, name, problems),
  );
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

function saslOf(environment: Environment, problems: string[]): SaslSettings | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = environment;
  if (mechanism !== undefined && username !== undefined && password !== undefined)
    return { mechanism, username, password };
  if (mechanism !== undefined || username !== undefined || password !== undefined)
    problems.push('KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set together');
  return undefined;
}

/** For Redis over `rediss://`. Postgres has its own way, parameters of its URL. */
export function redisTlsOf(environment: Environment, problems: string[]): TlsSettings | undefined {
  if (environment.REDIS_TLS_CA_FILE === undefined) return undefined;
  if (environment.REDIS_URL?.startsWith('rediss:') !== true) {
    problems.push('REDIS_TLS_CA_FILE is of use with a REDIS_URL like rediss://host:6379 alone');
    return undefined;
  }
  const ca = pemOf(environment, 'REDIS_TLS_CA_FILE', problems);
  return ca === undefined ? undefined : { ca };
}

const DATABASE_FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** The driver reads the files that the URL names when it first connects, which may be long after the start. */
export function checkDatabaseFiles({ DATABASE_URL: url }: Environment, problems: string[]): void {
  if (url === undefined || !URL.canParse(url)) return;
  const { searchParams } = new URL(url);
  for (const parameter of DATABASE_FILES) {
    const path = searchParams.get(parameter);
    if (path !== null) readSettingFile(`DATABASE_URL in ${parameter}`, path, problems);
  }
}

type FileVariable = 'KAFKA_TLS_CA_FILE' | 'KAFKA_TLS_CERT_FILE' | 'KAFKA_TLS_KEY_FILE' | 'REDIS_TLS_CA_FILE';

function pemOf(environment: Environment, name: FileVariable, problems: string[]): string | undefined {
  const path = environment[name];
  const text = path === undefined ? undefined : readSettingFile(name, path, problems);
  if (text === undefined || text.includes('-----BEGIN ')) return text;
  problems.push(`${name} names ${path}, which is not PEM: it must hold lines like -----BEGIN CERTIFICATE-----`);
  return undefined;
}
