import type { ApiKeyId, LogId } from '@logbook/contracts';
import { classify, storeOperation } from '@logbook/core';
import type { Store } from '../open-store.js';
import type { KeyUses } from './record-key-uses.js';

/** When the keys of a log were used last; one that is absent never was. Rejects with `DependencyUnavailableError`. */
export function readKeyUses(store: Store, logId: LogId): Promise<KeyUses> {
  return storeOperation(async () => {
    try {
      const { rows } = await store.pool.query<{ id: ApiKeyId; ms: number }>(
        `SELECT api_key_id AS id, (extract(epoch FROM last_used_at) * 1000)::float8 AS ms
           FROM ops.key_uses WHERE log_id = $1`,
        [logId],
      );
      return new Map(rows.map(({ id, ms }) => [id, ms]));
    } catch (error) {
      if (classify(error) === 'MISSING') return new Map();
      throw error;
    }
  });
}
