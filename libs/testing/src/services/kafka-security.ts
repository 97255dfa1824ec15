import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from './certificates.js';
import { freePort, HOST } from './ports.js';

/** What a Kafka needs to speak TLS, and whom it lets in. */
export interface KafkaSecurityOptions {
  readonly server: Certificate;
  /** The authority that clients' certificates must be signed by, where they show one. PEM. */
  readonly ca: string;
  /** For PLAIN and SCRAM alike. Neither may need quoting. */
  readonly user: { readonly username: string; readonly password: string };
}

/** Two listeners beside the open one: by password over TLS, and by the client's certificate. */
export interface SecureListeners {
  /** Host and port of SASL over TLS, for `KAFKA_BROKERS`. */
  readonly sasl: string;
  /** Host and port of TLS that demands a certificate of the client. */
  readonly mutual: string;
  /** To be added to the three settings of the open listener that name listeners. */
  readonly listeners: string;
  readonly protocols: string;
  readonly settings: Readonly<Record<string, string>>;
  /** For the tool that formats the data directory: SCRAM users are kept there. */
  readonly formatArguments: readonly string[];
}

const SCRAM_MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const SCRAM_MODULE = 'org.apache.kafka.common.security.scram.ScramLoginModule';
const PLAIN_MODULE = 'org.apache.kafka.common.security.plain.PlainLoginModule';

export async function secureListeners(
  directory: string,
  { server, ca, user }: KafkaSecurityOptions,
): Promise<SecureListeners> {
  const keyStore = join(directory, 'server.pem');
  const trustStore = join(directory, 'ca.pem');
  await writeFile(keyStore, `${server.key}\n${server.cert}`, { mode: 0o600 });
  await writeFile(trustStore, ca);
  const sasl = `${HOST}:${await freePort()}`;
  const mutual = `${HOST}:${await freePort()}`;
  const scramModules = SCRAM_MECHANISMS.map((mechanism) => [
    `listener.name.sasl_ssl.${mechanism.toLowerCase()}.sasl.jaas.config`,
    `${SCRAM_MODULE} required;`,
  ]);
  return {
    sasl,
    mutual,
    listeners: `SASL_SSL://${sasl},MUTUAL://${mutual}`,
    protocols: 'SASL_SSL:SASL_SSL,MUTUAL:SSL',
    settings: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keyStore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': trustStore,
      'listener.name.mutual.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': ['PLAIN', ...SCRAM_MECHANISMS].join(','),
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${PLAIN_MODULE} required user_${user.username}="${user.password}";`,
      ...(Object.fromEntries(scramModules) as Record<string, string>),
    },
    formatArguments: SCRAM_MECHANISMS.flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${user.username},password=${user.password}]`,
    ]),
  };
}
