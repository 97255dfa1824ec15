import { type FingerprintId, fingerprintProves, type Tenant } from '@logbook/contracts';
import { DependencyUnavailableError, type FactCache, fingerprintFact } from '@logbook/core';
import { Remembered } from './remembered.js';

/** Says whether the generation that answers reads holds a fingerprint; `undefined` when none can answer. */
export type StoredFingerprint = (tenant: Tenant, id: FingerprintId) => Promise<boolean | undefined>;

export interface FingerprintLookupOptions {
  /** This process's cache. */
  readonly near: FactCache;
  /** The cache shared with other gateways, the near one in front. */
  readonly shared: FactCache;
  /** The secret of the log, which keys the proof in an id. */
  readonly secret: string;
  readonly stored: StoredFingerprint;
}

/**
 * Decides whether an event's fingerprint was ever issued. The client loses every later event once it sees 404, so
 * `UNKNOWN` is said only when the proof in the id fails and projections that answer reads do not hold it either.
 * The proof costs microseconds, so it is asked before any cache that lies across a network; caches and projections
 * matter for ids issued by another log, whose history was copied here.
 */
export class FingerprintLookup {
  /** Those that were found, so that an event of a client that has sent others asks no cache. */
  private readonly found = new Remembered();

  constructor(private readonly options: FingerprintLookupOptions) {}

  /** Whether it was found before. */
  isKnown(tenant: Tenant, id: FingerprintId): boolean {
    return this.found.has(joined(tenant, id));
  }

  async find(tenant: Tenant, id: FingerprintId): Promise<'KNOWN' | 'UNKNOWN'> {
    const verdict = await this.search(tenant, id);
    if (verdict === 'FOUND') this.found.add(joined(tenant, id));
    return verdict === 'UNKNOWN' ? 'UNKNOWN' : 'KNOWN';
  }

  private async search(tenant: Tenant, id: FingerprintId): Promise<'FOUND' | 'UNKNOWN' | 'NOBODY_CAN_SAY'> {
    const { near, shared, secret } = this.options;
    const fact = fingerprintFact(tenant, id);
    if ((await near.known([fact]))[0] === true) return 'FOUND';
    if (fingerprintProves({ tenant, id, secret })) {
      await near.remember([fact]);
      return 'FOUND';
    }
    if ((await shared.known([fact]))[0] === true) return 'FOUND';
    const stored = await this.isStored(tenant, id);
    if (stored !== true) return stored === false ? 'UNKNOWN' : 'NOBODY_CAN_SAY';
    await shared.remember([fact]);
    return 'FOUND';
  }

  private async isStored(tenant: Tenant, id: FingerprintId): Promise<boolean | undefined> {
    try {
      return await this.options.stored(tenant, id);
    } catch (error) {
      if (error instanceof DependencyUnavailableError) return undefined;
      throw error;
    }
  }
}

/** A line feed is no character of either. */
const joined = (tenant: Tenant, id: FingerprintId): string => `${tenant}\n${id}`;
