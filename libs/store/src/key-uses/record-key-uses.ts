import type { ApiKeyId, LogId } from '@logbook/contracts';
import { classify, storeOperation } from '@logbook/core';
import type { Store } from '../open-store.js';

/** When each key was used last, in Unix milliseconds. */
export type KeyUses = ReadonlyMap<ApiKeyId, number>;

/**
 * Writes down when keys were used; a time never moves back. `NO_TABLE` where no projector of this release has been at the
 * database yet. Rejects with `DependencyUnavailableError`.
 */
export function recordKeyUses(store: Store, logId: LogId, uses: KeyUses): Promise<'RECORDED' | 'NO_TABLE'> {
  return storeOperation(async () => {
    try {
      await store.pool.query(
        `INSERT INTO ops.key_uses (log_id, api_key_id, last_used_at)
         SELECT $1, used.id, to_timestamp(used.ms / 1000) FROM unnest($2::text[], $3::float8[]) AS used (id, ms)
         ON CONFLICT (log_id, api_key_id)
         DO UPDATE SET last_used_at = GREATEST(key_uses.last_used_at, EXCLUDED.last_used_at)`,
        [logId, [...uses.keys()], [...uses.values()]],
      );
      return 'RECORDED';
    } catch (error) {
      if (classify(error) === 'MISSING') return 'NO_TABLE';
      throw error;
    }
  });
}
