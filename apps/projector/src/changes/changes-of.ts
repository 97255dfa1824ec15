import { encodeMessage, entityId, type EncodedChange, type LogId, type Offset } from '@logbook/contracts';
import { changeOf, keyOfEntity, type EntityRows, type NamedEntity } from '@logbook/projections';

export interface ChangesOf {
  readonly named: readonly NamedEntity[];
  readonly rows: EntityRows;
  /** The position in `commands` up to which the rows are folded. */
  readonly asOf: Offset;
  readonly logId: LogId;
  readonly foldVersion: number;
  /** `ce_source`. */
  readonly source: string;
}

/**
 * The messages that say what these entities are. An id stands for one state: that of the entity in this log, after the
 * commands before `asOf`, by this fold. However often that is published, by whomever, it is the same message.
 */
export function changesOf({ named, rows, asOf, logId, foldVersion, source }: ChangesOf): EncodedChange[] {
  return named.map(({ entity, timeMs }) => {
    const id = entityId('change', logId, String(foldVersion), String(asOf), keyOfEntity(entity));
    return encodeMessage(changeOf(entity, rows, { id, timeMs, source }));
  });
}
