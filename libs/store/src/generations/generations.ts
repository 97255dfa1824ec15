import type { LogId } from '@logbook/contracts';
import { classify, DependencyUnavailableError, StoreMismatchError, storeOperation } from '@logbook/core';
import { FOLDS } from '@logbook/projections';
import type { Store } from '../open-store.js';
import { migrateOps } from '../ops/migrate-ops.js';
import { exclusively } from '../sql/exclusively.js';
import { generationName, type GenerationName } from '../sql/identifiers.js';
import { inTransaction } from '../sql/transaction.js';
import { createGeneration } from './create-generation.js';
import { dropGeneration, type DropOutcome } from './drop-generation.js';
import { generationIntact } from './generation-intact.js';
import { foldOf, type Generation, type GenerationState, type KnownGeneration, type LogEnds } from './generation.js';
import { listGenerations } from './list-generations.js';
import { readPointer } from './read-pointer.js';

export interface EnsureLive {
  readonly logId: LogId;
  /** The fold that makes the first generation; one that exists keeps its own. */
  readonly foldVersion: number;
  /** Where the log ends now; asked only when tables are about to be created. */
  readonly logEnds: () => Promise<LogEnds>;
}

export interface CreateOptions {
  readonly logId: LogId;
  readonly foldVersion: number;
  readonly state: Exclude<GenerationState, 'DROPPED'>;
  /** It answers reads once it has passed these; where it is not followed, it also stops there. */
  readonly until: LogEnds;
  readonly asOfMs?: number | undefined;
}

/** Which generations there are: makes them and their tables, and drops them. */
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
    requireCarried(options.foldVersion);
    return storeOperation(async () => {
      const live = this.migrated ? await this.intactLive(options.logId) : undefined;
      return live ?? (await exclusively(this.store, () => this.createLive(options)));
    });
  }

  /**
   * Makes the tables of a followed generation again where somebody dropped them. Rejects with
   * `DependencyUnavailableError` where `ops` does not say that it is followed: whoever follows it is about to be stopped.
   */
  ensureTables(generation: Generation, { logId, logEnds }: Pick<EnsureLive, 'logId' | 'logEnds'>): Promise<void> {
    return storeOperation(async () => {
      if (await generationIntact(this.store.pool, { ...generation, logId })) return;
      await exclusively(this.store, async () => {
        await this.migrate();
        const known = await this.find(generation.name);
        if (known?.state !== 'FOLLOWED') throw new DependencyUnavailableError(`${generation.name} is not followed`);
        if (await generationIntact(this.store.pool, { ...generation, logId })) return;
        const ends = await logEnds();
        await inTransaction(this.store.pool, (client) =>
          createGeneration(client, { generation, logId, logEnds: ends }),
        );
      });
    });
  }

  /** A new generation, empty, beside those that exist. */
  create({ logId, foldVersion, state, until, asOfMs }: CreateOptions): Promise<KnownGeneration> {
    requireCarried(foldVersion);
    return storeOperation(() =>
      exclusively(this.store, async () => {
        await this.migrate();
        const generation = { name: await this.nextName(), foldVersion };
        await inTransaction(this.store.pool, async (client) => {
          await client.query(
            `INSERT INTO ops.generations (name, log_id, fold_version, state, created_at, until, as_of)
             VALUES ($1, $2, $3, $4, now(), $5::jsonb, $6)`,
            [
              generation.name,
              logId,
              foldVersion,
              state,
              state === 'FOLLOWED' ? null : JSON.stringify(until),
              asOfMs === undefined ? null : new Date(asOfMs),
            ],
          );
          await createGeneration(client, { generation, logId, logEnds: until });
        });
        const created = await this.find(generation.name);
        if (created === undefined) throw new Error(`${generation.name} vanished while it was created`);
        return created;
      }),
    );
  }

  /** Every generation there ever was, the oldest first; none where no projector ever ran. */
  list(): Promise<KnownGeneration[]> {
    return storeOperation(async () => {
      try {
        return await listGenerations(this.store.pool);
      } catch (error) {
        if (classify(error) === 'MISSING') return [];
        throw error;
      }
    });
  }

  async find(name: string): Promise<KnownGeneration | undefined> {
    return (await this.list()).find((known) => known.name === name);
  }

  /** Drops a generation; the one that readers are pointed to stays. */
  drop(name: GenerationName): Promise<DropOutcome> {
    return storeOperation(() => dropGeneration(this.store.pool, name));
  }

  /** Notes that an independent replay came to the same rows. */
  async markVerified(name: GenerationName): Promise<void> {
    await storeOperation(() =>
      this.store.pool.query('UPDATE ops.generations SET verified_at = now() WHERE name = $1', [name]),
    );
  }

  /** The generation readers are pointed to; `undefined` if there is none. Its tables may be missing. */
  pointedTo(): Promise<(Generation & { readonly logId: string }) | undefined> {
    return storeOperation(() => readPointer(this.store.pool));
  }

  /**
   * Rejects with `StoreMismatchError` where readers are pointed to a generation of another log. Resolves where they are
   * pointed to none.
   */
  async requireLog(logId: LogId): Promise<void> {
    const pointed = await this.pointedTo();
    if (pointed !== undefined) refuseOtherLog(pointed, logId);
  }

  private async migrate(): Promise<void> {
    if (this.migrated) return;
    await migrateOps(this.store);
    this.migrated = true;
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
    // The schema may have been dropped since: what was migrated before says nothing.
    this.migrated = false;
    await this.migrate();
    const live = await this.intactLive(logId);
    if (live !== undefined) return live;
    const pointed = await readPointer(this.store.pool);
    const generation = pointed ?? { name: await this.nextName(), foldVersion };
    const ends = await logEnds();
    await inTransaction(this.store.pool, async (client) => {
      if (pointed === undefined) {
        await client.query(
          `INSERT INTO ops.generations (name, log_id, fold_version, state, created_at, pointed_at)
           VALUES ($1, $2, $3, 'FOLLOWED', now(), now())`,
          [generation.name, logId, generation.foldVersion],
        );
        await client.query('INSERT INTO ops.pointer (generation, moved_at) VALUES ($1, now())', [generation.name]);
      }
      await createGeneration(client, { generation, logId, logEnds: ends });
    });
    return { name: generation.name, foldVersion: generation.foldVersion };
  }

  /** The number after every one in use, be it by a row of `ops` or by a schema that outlived its row. */
  private async nextName(): Promise<GenerationName> {
    const { rows } = await this.store.pool.query<{ next: number }>(
      `SELECT coalesce(max(substr(name, 5)::integer), 0) + 1 AS next
         FROM (SELECT name FROM ops.generations UNION ALL SELECT nspname FROM pg_namespace) AS taken
        WHERE name ~ '^gen_[1-9][0-9]{0,8}$'`,
    );
    return generationName(`gen_${rows[0]?.next ?? 1}`);
  }
}

function requireCarried(foldVersion: number): void {
  if (!FOLDS.has(foldVersion)) throw new Error(`there is no fold version ${foldVersion}`);
}

function refuseOtherLog(pointed: Generation & { readonly logId: string }, logId: LogId): void {
  if (pointed.logId === logId) return;
  throw new StoreMismatchError(
    `the database holds ${pointed.name} of log ${pointed.logId}, and this is log ${logId}: connect to the database of ` +
      `this log, or, to fold this log into that database, first drop its schemas ops and ${pointed.name}`,
  );
}
