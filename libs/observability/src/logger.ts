import { pino, type Logger as PinoLogger } from 'pino';
import { errorFields } from './error-fields.js';

/** Structured log lines on standard error; standard output belongs to what a person reads. Never a body, never a key. */
export type Logger = Pick<PinoLogger, 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'child'>;

export function createLogger(options: { level: string; service: string }): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorFields },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}

/** What drivers call a logger: a level, a sentence, details. */
export const driverLogger =
  (logger: Logger) =>
  (level: 'debug' | 'info' | 'warn' | 'error', message: string, details: Readonly<Record<string, unknown>>): void =>
    logger[level](details, message);

/** What Nest calls a logger, without importing Nest: its own start-up chatter goes to debug. */
export function nestLogger(logger: Logger) {
  const context = (rest: readonly unknown[]): object => {
    const last = rest.at(-1);
    return typeof last === 'string' ? { context: last } : {};
  };
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(context(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) =>
      message instanceof Error
        ? logger.error({ err: message, ...context(rest) }, message.message)
        : logger.error(context(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(context(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(context(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(context(rest), String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(context(rest), String(message)),
  };
}
