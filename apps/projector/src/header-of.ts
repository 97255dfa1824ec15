import type { StoredMessage } from '@logbook/contracts';

/** A header that stands there once; a foreign producer may repeat one, or leave it out. */
export function headerOf({ headers }: StoredMessage, name: string): string | undefined {
  const value = headers[name];
  return value === undefined || Array.isArray(value) ? undefined : value.toString();
}
