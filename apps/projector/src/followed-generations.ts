import { StoreMismatchError } from '@logbook/core';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { foldOf, Generations, type KnownGeneration } from '@logbook/store';
import { followGeneration, type FollowerOptions, type GenerationFollower } from './generation-follower.js';
import { logEndsOf } from './log-ends.js';

/** How a generation fares in this process. */
export type FollowedState =
  { readonly state: 'FOLLOWING' } | { readonly state: 'HALTED' | 'NOT_CARRIED'; readonly problem: string };

export interface FollowedGenerationsOptions extends FollowerOptions {
  /** How long a generation that was created or dropped may go unnoticed; default 1,000. */
  readonly pollMs?: number;
}

interface Followed {
  readonly generation: KnownGeneration;
  readonly follower: GenerationFollower | undefined;
  state: FollowedState;
  /** Why it halted. */
  error?: Error;
}

const POLL_MS_DEFAULT = 1_000;
const STATES = ['FOLLOWING', 'HALTED', 'NOT_CARRIED'] as const satisfies readonly FollowedState['state'][];
/** Gauges about a generation, which end with it. */
const OF_A_GENERATION = [
  'logbook_projection_lag_messages',
  'logbook_projection_partitions',
  'logbook_generation_state',
] as const;

/**
 * Follows every generation that `ops` says is followed, each with the fold that made it, and asks `ops` again and again.
 *
 * A generation is: following -> halted (its follower gave up; it stays halted until the process starts again), or not
 * carried (its fold is not in this release; somebody else's projector may follow it), or let go (it was dropped).
 * What halts one generation leaves the others alone, but for the one that readers are pointed to: then `failed` rejects,
 * since somebody must look.
 */
export class FollowedGenerations {
  /** Rejects when the generation that readers are pointed to halted. */
  readonly failed: Promise<never>;
  private fail!: (error: Error) => void;
  private readonly followed = new Map<string, Followed>();
  private readonly generations: Generations;
  private timer: NodeJS.Timeout | undefined;
  private reconciling: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: FollowedGenerationsOptions) {
    this.generations = new Generations(options.store);
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    // Whoever asks for `failed` sees the rejection; without this it would also count as unhandled.
    this.failed.catch(() => undefined);
  }

  /** Follows what there is now; rejects where that cannot be read or followed. From then on it looks at intervals. */
  async start(): Promise<void> {
    await this.reconcile();
    this.again();
  }

  /** By name, how each generation fares. */
  states(): ReadonlyMap<string, FollowedState> {
    return new Map([...this.followed].map(([name, { state }]) => [name, state]));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.reconciling.catch(() => undefined);
    await Promise.all([...this.followed.values()].flatMap(({ follower }) => (follower ? [follower.stop()] : [])));
  }

  private again(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.reconciling = this.reconcile()
        .catch((error: unknown) => this.options.logger.warn({ err: error }, 'the generations could not be looked at'))
        .finally(() => this.again());
    }, this.options.pollMs ?? POLL_MS_DEFAULT);
  }

  private async reconcile(): Promise<void> {
    const known = await this.knownGenerations();
    const wanted = known.filter(({ state, logId }) => state === 'FOLLOWED' && logId === this.options.logId);
    for (const [name, { follower }] of this.followed) {
      if (wanted.some((generation) => generation.name === name)) continue;
      this.followed.delete(name);
      await follower?.stop();
      for (const metric of OF_A_GENERATION) await this.options.metrics.forget(metric, { generation: name });
      this.options.logger.info({ generation: name }, 'the generation was dropped and is not followed any more');
    }
    for (const generation of wanted) {
      if (!this.followed.has(generation.name) && !this.stopped) await this.follow(generation);
    }
    this.failIfReadersDepend(wanted);
  }

  /** Where `ops` names no generation for readers (a fresh database, or somebody dropped the schema), one is made. */
  private async knownGenerations(): Promise<KnownGeneration[]> {
    const known = await this.generations.list();
    if (known.some(({ pointedTo }) => pointedTo)) return known;
    const { log, logId } = this.options;
    const logEnds = () => logEndsOf(log);
    await this.generations.ensureLive({ logId, foldVersion: CURRENT_FOLD_VERSION, logEnds });
    return this.generations.list();
  }

  private async follow(generation: KnownGeneration): Promise<void> {
    const { name, foldVersion } = generation;
    const { logger } = this.options;
    const problem = notCarried(generation);
    if (problem !== undefined) {
      this.followed.set(name, { generation, follower: undefined, state: { state: 'NOT_CARRIED', problem } });
      this.measure(name, 'NOT_CARRIED');
      return logger.warn({ generation: name, foldVersion }, problem);
    }
    const follower = await followGeneration(generation, this.options);
    const followed: Followed = { generation, follower, state: { state: 'FOLLOWING' } };
    this.followed.set(name, followed);
    this.measure(name, 'FOLLOWING');
    logger.info({ generation: name, foldVersion }, 'the projector follows the log');
    follower.ended.catch((error: unknown) => this.halted(followed, error));
  }

  private halted(followed: Followed, error: unknown): void {
    const { name } = followed.generation;
    followed.error = error instanceof Error ? error : new Error(String(error));
    followed.state = { state: 'HALTED', problem: followed.error.message };
    this.measure(name, 'HALTED');
    this.options.logger.error({ err: error, generation: name }, 'the generation halted');
    // Readers may have been pointed elsewhere since it was last asked. Where that cannot be told, it counts as theirs.
    const { error: reason } = followed;
    this.reconciling = this.reconciling.then(() => this.reconcile()).catch(() => this.fail(reason));
  }

  private measure(generation: string, now: FollowedState['state']): void {
    for (const state of STATES)
      this.options.metrics.set('logbook_generation_state', { generation, state }, state === now ? 1 : 0);
  }

  private failIfReadersDepend(wanted: readonly KnownGeneration[]): void {
    const error = this.followed.get(wanted.find(({ pointedTo }) => pointedTo)?.name ?? '')?.error;
    if (error !== undefined) this.fail(error);
  }
}

/** Why this release cannot fold the generation, if it cannot. */
function notCarried(generation: KnownGeneration): string | undefined {
  try {
    foldOf(generation);
    return undefined;
  } catch (error) {
    if (error instanceof StoreMismatchError) return error.message;
    throw error;
  }
}
