import type { Fold } from '@logbook/projections';
import type { DataSource } from 'typeorm';
import { foldOf } from '../generations/generation.js';
import type { PointedGeneration } from '../generations/read-pointer.js';
import type { Store } from '../open-store.js';
import { dataSourceOn } from '../orm/data-source.js';
import { entitiesOf, type Entities } from '../orm/entities.js';

/** A generation as the ORM reads it. */
export interface ReadableGeneration {
  readonly generation: PointedGeneration;
  readonly fold: Fold;
  readonly entities: Entities;
  readonly source: DataSource;
}

/** Readers move from one generation to the next; around a swap both are in use. */
const KEPT_MAX = 3;

/** One data source for each readable generation, made when it is first read. */
export class ReadableGenerations {
  private readonly kept = new Map<string, Promise<ReadableGeneration>>();

  constructor(private readonly store: Store) {}

  of(generation: PointedGeneration): Promise<ReadableGeneration> {
    const key = `${generation.name} ${generation.foldVersion} ${generation.logId}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const opened = this.open(generation);
    this.kept.set(key, opened);
    // Not kept if it failed: the store may be away only now.
    opened.catch(() => this.kept.delete(key));
    const oldest = this.kept.keys().next().value;
    // A data source owns no connections here, so one still in use by a request can simply be let go.
    if (this.kept.size > KEPT_MAX && oldest !== undefined) this.kept.delete(oldest);
    return opened;
  }

  private async open(generation: PointedGeneration): Promise<ReadableGeneration> {
    const fold = foldOf(generation);
    const entities = entitiesOf(generation.name, fold);
    const source = dataSourceOn(this.store, { schema: generation.name, entities: Object.values(entities) });
    await source.initialize();
    return { generation, fold, entities, source };
  }
}
