import type { ConnectionOptions } from 'node:tls';
import type { DriverLogger } from '../driver-logger.js';

/** How connections to Kafka are secured; either client library is made from it. */
export interface KafkaSecurity {
  /** An empty object for the authorities that Node trusts; absent for no TLS. */
  readonly tls?: ConnectionOptions;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

export interface KafkaLogOptions extends KafkaSecurity {
  /** `host:port` of one or more brokers; the rest of the cluster is found through them. */
  readonly brokers: readonly string[];
  /** Topics are named `<prefix>.<class>`, groups `<prefix>-<group>`. */
  readonly prefix: string;
  /** The most bytes of a message's value. Topics take 64 KiB more, for key, headers and framing. */
  readonly messageBytesMax: number;
  /** Names this process in the broker's logs and quotas. */
  readonly clientId: string;
  /** Of topics created here; default 3, or the number of brokers if there are fewer. */
  readonly replicationFactor?: number;
  /** Default 2 where a topic has three replicas or more, else 1. */
  readonly minInsyncReplicas?: number;
  /** How long an append may wait for its acknowledgement; default 10 s. */
  readonly appendTimeoutMs?: number;
  /** Appends waiting to be sent hold at most this many bytes; more are refused. Default 64 MiB. */
  readonly pendingBytesMax?: number;
  /** How long a consumer may be silent before its partitions go to others; default 10 s. */
  readonly sessionTimeoutMs?: number;
  readonly logger?: DriverLogger;
}

export const APPEND_TIMEOUT_MS_DEFAULT = 10_000;
export const PENDING_BYTES_MAX_DEFAULT = 64 * 1024 * 1024;
export const SESSION_TIMEOUT_MS_DEFAULT = 10_000;
/** Look-ups (offsets, one message, topic settings) reject after this. */
export const LOOKUP_TIMEOUT_MS = 15_000;
