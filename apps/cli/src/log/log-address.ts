import { resolve } from 'node:path';
import type { LogLocation } from '@logbook/log';
import { InvalidArgumentError } from 'commander';

export const ADDRESS_FORMS = 'kafka://host:port[,host:port][/prefix] or embedded:DIR';

/** Where a log is. `dataDir` is what `LOGBOOK_DATA_DIR` names for a server on an embedded one. */
export type LogAddress =
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly prefix: string | undefined }
  | { readonly kind: 'embedded'; readonly dataDir: string };

const BROKER = /^[^\s:/,]+:\d{1,5}$/;
const PREFIX = /^[a-zA-Z0-9._-]{1,200}$/;

/** @throws InvalidArgumentError, which commander reports with the option's name. */
export function parseLogAddress(text: string): LogAddress {
  if (text.startsWith('embedded:') && text.length > 'embedded:'.length) {
    return { kind: 'embedded', dataDir: resolve(text.slice('embedded:'.length)) };
  }
  if (text.startsWith('kafka://')) {
    const [list = '', prefix, ...more] = text.slice('kafka://'.length).replace(/\/$/, '').split('/');
    const brokers = list.split(',');
    const isRight = brokers.every((broker) => BROKER.test(broker)) && (prefix === undefined || PREFIX.test(prefix));
    if (isRight && more.length === 0) return { kind: 'kafka', brokers, prefix };
  }
  throw new InvalidArgumentError(`must be ${ADDRESS_FORMS}.`);
}

export function locationOf(address: LogAddress, prefixDefault: string): LogLocation {
  return address.kind === 'kafka'
    ? { kind: 'kafka', brokers: address.brokers, prefix: address.prefix ?? prefixDefault }
    : { kind: 'embedded', dir: resolve(address.dataDir, 'log') };
}

export function nameOf(location: LogLocation): string {
  return location.kind === 'kafka'
    ? `kafka://${location.brokers.join(',')}/${location.prefix}`
    : `embedded:${resolve(location.dir, '..')}`;
}
