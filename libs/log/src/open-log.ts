import type { Log } from '@logbook/core';
import type { DriverLogger } from './driver-logger.js';
import { openEmbeddedLog } from './embedded/embedded.log.js';
import type { KafkaSecurity } from './kafka/kafka-options.js';
import { openKafkaLog } from './kafka/kafka.log.js';

/** What names a log; the environment's settings have this shape. */
export type LogLocation =
  | ({ readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly prefix: string } & KafkaSecurity)
  | { readonly kind: 'embedded'; readonly dir: string };

export type LogOptions = LogLocation & {
  /** The most bytes of one message's value. */
  readonly messageBytesMax: number;
  readonly clientId: string;
  readonly logger?: DriverLogger;
};

/** Opens a log with the driver its location asks for. */
export function openLog(options: LogOptions): Promise<Log> {
  return options.kind === 'kafka' ? openKafkaLog(options) : openEmbeddedLog(options);
}
