import type { LogId } from '@logbook/contracts';
import { StoreMismatchError } from '@logbook/core';
import { FOLDS } from '@logbook/projections';
import { storeOperation } from '../classify.js';
import type { Store } from '../open-store.js';
import { migrateOps } from '../ops/migrate-ops.js';
import { exclusively } from '../sql/exclusively.js';
import { generationName, quoted } from '../sql/identifiers.js';
import { inTransaction } from '../sql/transaction.js';
import { createGeneration } from './create-generation.js';
import { generationIntact } from './generation-intact.js';
import { foldOf, type Generation, type LogEnds } from './generation.js';
import { readGenerationId } from './read-generation-id.js';
import { readPointer } from './read-pointer.js';

export interface EnsureLive {
  readonly logId: LogId;
  /** The fold that makes the first generation; one that exists keeps its own. */
  readonly foldVersion: number;
  /** Where the log ends now; asked only when tables are about to be created. */
  readonly logEnds: () => Promise<LogEnds>;
}

/** Which generations there are, and the one that readers are pointed to. */
export class Generations {
  private migrated = false;

  constructor(private readonly store: Store) {}

  /**
   * The generation readers are pointed to, with its tables. Creates the first one and the pointer where there
   * is none, and its tables, empty, where they were dropped: it then answers no reads until it has caught up.
   * Two processes may call it at once. Rejects with `StoreMismatchError` where the database belongs to another
   * log or was made by a fold this release does not carry.
   */
  ensureLive(options: EnsureLive): Promise<Generation> {
    if (!FOLDS.has(options.foldVersion)) throw new Error(`there is no fold version ${options.foldVersion}`);
    return storeOperation(async () => {
      const live = this.migrated ? await this.intactLive(options.logId) : undefined;
      return live ?? (await exclusively(this.store, () => this.createLive(options)));
    });
  }

  /** The generation readers are pointed to; `undefined` if there is none. Its tables may be missing. */
  pointedTo(): Promise<(Generation & { readonly logId: string }) | undefined> {
    return storeOperation(() => readPointer(this.store.pool));
  }

  /**
   * What tells a generation from one of the same name in another database: those who follow the two share nothing.
   * It stays when the tables are dropped and made anew.
   */
  idOf(generation: Generation): Promise<string> {
    return storeOperation(() => readGenerationId(this.store.pool, generation));
  }

  /**
   * Rejects with `StoreMismatchError` where readers are pointed to a generation of another log. Resolves where they are
   * pointed to none.
   */
  async requireLog(logId: LogId): Promise<void> {
    const pointed = await this.pointedTo();
    if (pointed !== undefined) refuseOtherLog(pointed, logId);
  }

  private async intactLive(logId: LogId): Promise<Generation | undefined> {
    const pointed = await readPointer(this.store.pool);
    if (pointed === undefined) return undefined;
    refuseOtherLog(pointed, logId);
    foldOf(pointed);
    return (await generationIntact(this.store.pool, pointed))
      ? { name: pointed.name, foldVersion: pointed.foldVersion }
      : undefined;
  }

  private async createLive({ logId, foldVersion, logEnds }: EnsureLive): Promise<Generation> {
    await migrateOps(this.store);
    this.migrated = true;
    const live = await this.intactLive(logId);
    if (live !== undefined) return live;
    const pointed = await readPointer(this.store.pool);
    const generation = pointed ?? { name: await this.nextName(), foldVersion };
    const ends = await logEnds();
    await inTransaction(this.store.pool, async (client) => {
      if (pointed === undefined) {
        await client.query(
          `INSERT INTO ops.generations (name, log_id, fold_version, state, created_at) VALUES ($1, $2, $3, 'FOLLOWED', now())`,
          [generation.name, logId, generation.foldVersion],
        );
        await client.query('INSERT INTO ops.pointer (generation) VALUES ($1)', [generation.name]);
      }
      await createGeneration(client, { generation, logId, logEnds: ends });
    });
    return { name: generation.name, foldVersion: generation.foldVersion };
  }

  /** The number after every one in use, be it by a row of `ops` or by a schema that outlived its row. */
  private async nextName(): Promise<Generation['name']> {
    const { rows } = await this.store.pool.query<{ next: number }>(
      `SELECT coalesce(max(substr(name, 5)::integer), 0) + 1 AS next
         FROM (SELECT name FROM ops.generations UNION ALL SELECT nspname FROM pg_namespace) AS taken
        WHERE name ~ '^gen_[1-9][0-9]{0,8}$'`,
    );
    return generationName(`gen_${rows[0]?.next ?? 1}`);
  }
}

function refuseOtherLog(pointed: Generation & { readonly logId: string }, logId: LogId): void {
  if (pointed.logId === logId) return;
  throw new StoreMismatchError(
    `the database holds ${pointed.name} of log ${pointed.logId}, and this is log ${logId}: connect to the database of ` +
      `this log, or, to fold this log into that database, first drop its schemas ops and ${pointed.name}`,
  );
}

/** Drops the tables of a generation and leaves what `ops` says of it. For tests, and for making it anew. */
export async function dropGeneration(store: Store, name: string): Promise<void> {
  await storeOperation(async () => {
    await store.pool.query(`DROP SCHEMA IF EXISTS ${quoted(generationName(name))} CASCADE`);
  });
}
