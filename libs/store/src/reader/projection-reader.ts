import type { FingerprintId, LogId, Tenant } from '@logbook/contracts';
import { classify, StoreMismatchError, storeOperation } from '@logbook/core';
import {
  agentIdOf,
  agentVersionIdOf,
  personKeyOf,
  sessionKeyOf,
  type AgentRow,
  type AgentVersionRow,
  type DeadLetterRow,
  type EventRow,
  type PersonRow,
  type SessionRow,
} from '@logbook/projections';
import { readPointer, type PointedGeneration } from '../generations/read-pointer.js';
import type { Store } from '../open-store.js';
import { readCheckpoints, type NextOffsets } from './read-checkpoints.js';
import { readDeadLetters, type DeadLetterSelection } from './read-dead-letters.js';
import { ReadableGenerations, type ReadableGeneration } from './readable-generations.js';
import { selectRows, type RowOf, type Selection, type TableName } from './select-rows.js';

export interface NotReady {
  readonly state: 'NOT_READY';
  /** For people: what is being waited for. */
  readonly reason: string;
}
/** `READY`: what the generation that readers are pointed to holds, as of now. Never an older state. */
export type Read<T> = { readonly state: 'READY'; readonly generation: string; readonly value: T } | NotReady;

export interface AgentAndVersion {
  readonly agent: AgentRow | null;
  readonly version: AgentVersionRow | null;
}
export interface CheckpointsRead {
  readonly state: 'READY' | 'CATCHING_UP';
  readonly generation: string;
  readonly next: NextOffsets;
}

export interface DeadLettersRead {
  readonly state: 'READY' | 'CATCHING_UP';
  readonly generation: string;
  readonly letters: readonly DeadLetterRow[];
}

export interface ProjectionReaderOptions {
  /** What another log left in the database is then not read. */
  readonly logId?: LogId;
}

/** The most rows one list gives. */
export const LIST_ROWS_MAX = 1_000;

type Select<T> = (
  generation: ReadableGeneration,
) => Promise<{ readonly pointedTo: boolean; readonly ready: boolean; readonly value: T }>;

/**
 * Reads projections, each call one snapshot of the generation that the pointer names in it.
 * Rejects with `DependencyUnavailableError` where the store is away.
 */
export class ProjectionReader {
  private readonly generations: ReadableGenerations;
  /** What readers were pointed to when it was last looked up. */
  private supposed: PointedGeneration | undefined;

  constructor(
    private readonly store: Store,
    private readonly options: ProjectionReaderOptions = {},
  ) {
    this.generations = new ReadableGenerations(store);
  }

  agent(tenant: Tenant, agentName: string): Promise<Read<AgentRow | null>> {
    return this.one('agents', byId('agents', 'agentId', agentIdOf(tenant, agentName)));
  }

  /** The agent and the version, each null where there is none, so that the caller can tell which is missing. */
  agentVersion(tenant: Tenant, agentName: string, agentVersionName: string): Promise<Read<AgentAndVersion>> {
    const selections = {
      agent: byId('agents', 'agentId', agentIdOf(tenant, agentName)),
      version: byId('agentVersions', 'agentVersionId', agentVersionIdOf(tenant, agentName, agentVersionName)),
    };
    return this.read(async (generation) => {
      const { lines, ...said } = await selectRows(generation, selections);
      const agent = (lines[0]?.agent ?? null) as AgentRow | null;
      return { ...said, value: { agent, version: (lines[0]?.version ?? null) as AgentVersionRow | null } };
    });
  }

  person(tenant: Tenant, personId: string): Promise<Read<PersonRow | null>> {
    return this.one('people', byId('people', 'personKey', personKeyOf(tenant, personId)));
  }

  /** Whether the fingerprint was registered. */
  async fingerprint(tenant: Tenant, id: FingerprintId): Promise<Read<boolean>> {
    const read = await this.one('fingerprints', {
      table: 'fingerprints',
      narrow: (rows) => rows.where('x.tenant = :tenant AND x.fingerprintId = :id', { tenant, id }),
    });
    return read.state === 'READY' ? { ...read, value: read.value !== null } : read;
  }

  session(tenant: Tenant, session: string): Promise<Read<SessionRow | null>> {
    return this.one('sessions', byId('sessions', 'sessionKey', sessionKeyOf(tenant, session)));
  }

  /** The sessions begun last, the newest first. */
  sessions(tenant: Tenant, limit: number): Promise<Read<readonly SessionRow[]>> {
    return this.list('sessions', limit, { key: 'sessionKey', time: 'createdAtMs' }, (rows) =>
      rows.where('x.tenant = :tenant', { tenant }),
    );
  }

  /** The events recorded last, of one session or of all, the newest first. */
  events(
    tenant: Tenant,
    { session, limit }: { readonly session?: string; readonly limit: number },
  ): Promise<Read<readonly EventRow[]>> {
    return this.list('events', limit, { key: 'eventId', time: 'recordedAtMs' }, (rows) =>
      session === undefined
        ? rows.where('x.tenant = :tenant', { tenant })
        : rows.where('x.sessionKey = :sessionKey', { sessionKey: sessionKeyOf(tenant, session) }),
    );
  }

  /** How far the generation that readers are pointed to has come, also while it is not ready to be read. */
  async checkpoints(): Promise<CheckpointsRead | NotReady> {
    return this.ofPointedTo(async (generation) => {
      const found = await readCheckpoints(this.store.pool, generation.name);
      if (found === undefined) return notReady(`${generation.name} is being created`);
      const { ready, next } = found;
      return { state: ready ? 'READY' : 'CATCHING_UP', generation: generation.name, next };
    });
  }

  /** What will never become rows, also while the generation is not ready: what is recorded by then is final. */
  async deadLetters(selection: DeadLetterSelection): Promise<DeadLettersRead | NotReady> {
    return this.ofPointedTo(async (generation) => {
      const found = await readDeadLetters(this.store.pool, generation.name, selection);
      if (found === undefined) return notReady(`${generation.name} is being created`);
      const { ready, letters } = found;
      return { state: ready ? 'READY' : 'CATCHING_UP', generation: generation.name, letters };
    });
  }

  private one<T extends TableName>(table: T, selection: Selection): Promise<Read<RowOf<T> | null>> {
    return this.read(async (generation) => {
      const { lines, ...said } = await selectRows(generation, { [table]: selection });
      return { ...said, value: (lines[0]?.[table] ?? null) as RowOf<T> | null };
    });
  }

  private list<T extends 'sessions' | 'events'>(
    table: T,
    limit: number,
    { key, time }: { readonly key: string; readonly time: string },
    narrow: Selection['narrow'],
  ): Promise<Read<readonly RowOf<T>[]>> {
    const newest: Selection = {
      table,
      narrow: (rows) =>
        narrow(rows)
          .orderBy(`x.${time}`, 'DESC')
          .addOrderBy(`x.${key}`, 'DESC')
          .limit(Math.max(0, Math.min(limit, LIST_ROWS_MAX))),
    };
    return this.read(async (generation) => {
      const { lines, ...said } = await selectRows(generation, { [table]: newest });
      const rows = lines.map((line) => line[table] ?? null).filter((row) => row !== null);
      // A join is free to give the ordered rows in another order.
      rows.sort((a, b) => Number(b[time]) - Number(a[time]) || (String(a[key]) < String(b[key]) ? 1 : -1));
      return { ...said, value: rows as unknown as RowOf<T>[] };
    });
  }

  /** Of what readers were pointed to the last time, so one statement; only if that says that they no longer are, the pointer is read. */
  private read<T>(select: Select<T>): Promise<Read<T>> {
    return storeOperation(async () => {
      const { supposed } = this;
      if (supposed !== undefined) {
        const read = await this.readOf(supposed, select).catch(orElsewhere);
        if (read !== 'POINTED_ELSEWHERE') return read;
      }
      return this.ofPointedTo(async (generation) => {
        const read = await this.readOf(generation, select);
        this.supposed = generation;
        return read === 'POINTED_ELSEWHERE' ? this.read(select) : read;
      });
    });
  }

  private async readOf<T>(generation: PointedGeneration, select: Select<T>): Promise<Read<T> | 'POINTED_ELSEWHERE'> {
    const { pointedTo, ready, value } = await select(await this.generations.of(generation));
    if (!pointedTo) return 'POINTED_ELSEWHERE';
    if (!ready) return notReady(`${generation.name} has not yet passed the log's ends of its creation`);
    return { state: 'READY', generation: generation.name, value };
  }

  private ofPointedTo<T>(use: (generation: PointedGeneration) => Promise<T | NotReady>): Promise<T | NotReady> {
    return storeOperation(async () => {
      const generation = await readPointer(this.store.pool);
      if (generation === undefined) return notReady('there is no generation yet: a projector creates the first');
      const { logId } = this.options;
      if (logId !== undefined && generation.logId !== logId)
        return notReady(`the database belongs to log ${generation.logId}`);
      try {
        return await use(generation);
      } catch (error) {
        if (classify(error) === 'MISSING') return notReady(`the tables of ${generation.name} are missing`);
        // A newer release moved the pointer; this process can serve nothing from there.
        if (error instanceof StoreMismatchError) return notReady(error.message);
        throw error;
      }
    });
  }
}

/** Its tables are dropped once nobody is pointed to it. */
function orElsewhere(error: unknown): 'POINTED_ELSEWHERE' {
  if (classify(error) === 'MISSING') return 'POINTED_ELSEWHERE';
  throw error;
}

const notReady = (reason: string): NotReady => ({ state: 'NOT_READY', reason });

const byId = (table: TableName, property: string, id: string): Selection => ({
  table,
  narrow: (rows) => rows.where(`x.${property} = :${property}`, { [property]: id }),
});
