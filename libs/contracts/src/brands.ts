/**
 * Branded primitives: a value of one role cannot be passed where another is expected.
 * The constructors do not validate; decoders and `*Problem` functions do.
 */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** The random identity of one log, a UUID. Generations, spools, data directories and cache keys carry it. */
export type LogId = Branded<string, 'LogId'>;
/** The owner of data, `[a-z0-9-]{1,63}`. */
export type Tenant = Branded<string, 'Tenant'>;
/** The id of a recorded event, a lower-case UUID: version 7, or version 5 of an idempotency key. */
export type EventId = Branded<string, 'EventId'>;
/** The id of a fingerprint, a lower-case UUID version 8 that proves itself (see `fingerprint.ts`). */
export type FingerprintId = Branded<string, 'FingerprintId'>;
/** The place of a message within its partition. Kafka's are 64 bits wide; 2^53 is out of reach of one partition. */
export type Offset = Branded<number, 'Offset'>;
/** The public part of an API key: the first 16 hexadecimal digits of the SHA-256 of the key. */
export type ApiKeyId = Branded<string, 'ApiKeyId'>;

export const logId = (value: string): LogId => value as LogId;
export const tenant = (value: string): Tenant => value as Tenant;
export const eventId = (value: string): EventId => value as EventId;
export const fingerprintId = (value: string): FingerprintId => value as FingerprintId;
export const offset = (value: number): Offset => value as Offset;
export const apiKeyId = (value: string): ApiKeyId => value as ApiKeyId;
