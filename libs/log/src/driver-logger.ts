/** Where a driver says what it is doing: the client library's own lines, retries, restarts. Never contents of messages. */
export type DriverLogger = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  details: Readonly<Record<string, unknown>>,
) => void;
