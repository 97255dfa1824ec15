import { offset, type Offset } from '@logbook/contracts';
import { classify, storeOperation } from '@logbook/core';
import type { EntityIds, EntityRows } from '@logbook/projections';
import type { PoolClient } from 'pg';
import { foldOf, type Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { arrayLiteral } from '../sql/column-arrays.js';
import { tableIn } from '../sql/identifiers.js';
import { rowsById } from '../sql/rows-by-id.js';
import { inTransaction } from '../sql/transaction.js';

/**
 * `READ`: rows as the commands before `asOf` of the partition have left them. `NOT_FOR_READERS`: readers are pointed elsewhere,
 * or the generation has not passed the log's ends of its creation, so it may show what was true once. `TOO_LARGE`: more than
 * is to be held at once.
 */
export type EntitiesRead =
  | { readonly outcome: 'READ'; readonly asOf: Offset; readonly rows: EntityRows }
  | { readonly outcome: 'NOT_FOR_READERS' }
  | { readonly outcome: 'TOO_LARGE' };

export interface ReadEntitiesOptions {
  /** Of `commands`. */
  readonly partition: number;
  readonly ids: EntityIds;
  /** The texts of several rows together have at most so many bytes; one row may have any. */
  readonly bytesMax: number;
}

/** Rows that one partition of `commands` decides, in one snapshot with its checkpoint. */
export function readEntities(
  store: Store,
  generation: Generation,
  { partition, ids, bytesMax }: ReadEntitiesOptions,
): Promise<EntitiesRead> {
  const { tables } = foldOf(generation);
  const { name } = generation;
  return storeOperation(async () => {
    try {
      return await inTransaction(
        store.background,
        async (client): Promise<EntitiesRead> => {
          const asOf = await checkpointForReaders(client, name, partition);
          if (asOf === undefined) return { outcome: 'NOT_FOR_READERS' };
          if ((await bytesOf(client, name, ids)) > bytesMax) return { outcome: 'TOO_LARGE' };
          const { agents, agentVersions, people } = tables;
          const rows = {
            agents: await rowsById(client, name, { table: agents, id: 'agentId', ids: ids.agentIds }),
            agentVersions: await rowsById(client, name, {
              table: agentVersions,
              id: 'agentVersionId',
              ids: ids.agentVersionIds,
            }),
            people: await rowsById(client, name, { table: people, id: 'personKey', ids: ids.personKeys }),
          };
          return { outcome: 'READ', asOf, rows };
        },
        { isolation: 'REPEATABLE READ' },
      );
    } catch (error) {
      // Somebody dropped its tables; whoever follows it makes them anew.
      if (classify(error) === 'MISSING') return { outcome: 'NOT_FOR_READERS' };
      throw error;
    }
  });
}

/** What the texts of these rows take; 0 of a single one, which has to be read whatever it takes. */
async function bytesOf(
  client: PoolClient,
  generation: string,
  { agentIds, agentVersionIds, personKeys }: EntityIds,
): Promise<number> {
  if (agentIds.length + agentVersionIds.length + personKeys.length <= 1) return 0;
  const sum = (table: string, column: string, id: string, place: number): string =>
    `(SELECT coalesce(sum(octet_length(${column})), 0) FROM ${tableIn(generation, table)} WHERE ${id} = ANY ($${place}::uuid[]))`;
  const { rows } = await client.query<{ bytes: number }>(
    `SELECT (${sum('agents', 'description_json', 'agent_id', 1)}
           + ${sum('agent_versions', 'description_json', 'agent_version_id', 2)}
           + ${sum('people', 'properties_json', 'person_key', 3)})::bigint AS bytes`,
    [agentIds, agentVersionIds, personKeys].map((ids) => arrayLiteral('uuid', ids)),
  );
  return rows[0]?.bytes ?? 0;
}

/** Where the partition's rows are; `undefined` unless readers are pointed to the generation and it answers them. */
async function checkpointForReaders(
  client: PoolClient,
  generation: string,
  partition: number,
): Promise<Offset | undefined> {
  const { rows } = await client.query<{ answers: boolean | null; next_offset: number | null }>(
    `SELECT (SELECT bool_or(ready) FROM ${tableIn(generation, 'generation')})
              AND EXISTS (SELECT FROM ops.pointer WHERE generation = $2) AS answers,
            (SELECT next_offset FROM ${tableIn(generation, 'checkpoints')}
              WHERE topic = 'commands' AND partition = $1) AS next_offset`,
    [partition, generation],
  );
  return rows[0]?.answers === true ? offset(rows[0].next_offset ?? 0) : undefined;
}
