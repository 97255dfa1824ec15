import type { LogId } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { openLog, openLogSource, type DriverLogger, type LogLocation } from '@logbook/log';

export interface ConnectLogOptions {
  /** The brokers, or the directory of an embedded log. */
  readonly location: LogLocation;
  /** Names this service in the broker's logs and quotas; default `logbook/subscriber`. */
  readonly clientId?: string;
  /** The event limit of the gateways, `LOGBOOK_EVENT_BYTES_MAX`, if it was changed there. */
  readonly messageBytesMax?: number;
  readonly logger?: DriverLogger;
}

export interface ConnectedLog {
  readonly log: Log;
  /** Which log it is; `PostgresCheckpoints` refuses positions of another. */
  readonly logId: LogId;
}

const MESSAGE_BYTES_MAX_DEFAULT = 8 * 1024 * 1024;

/**
 * Opens a log that a gateway has begun. Rejects with `LogUnavailableError` while the brokers are away, and with
 * `LogMismatchError` where there is no log or its topics are configured otherwise. The caller closes it.
 */
export async function connectLog(options: ConnectLogOptions): Promise<ConnectedLog> {
  const log = await openLog({
    ...options.location,
    clientId: options.clientId ?? 'logbook/subscriber',
    messageBytesMax: options.messageBytesMax ?? MESSAGE_BYTES_MAX_DEFAULT,
    ...(options.logger !== undefined && { logger: options.logger }),
  });
  try {
    const { genesis } = await openLogSource(log);
    return { log, logId: genesis.logId };
  } catch (error) {
    await log.close();
    throw error;
  }
}
