import { generationName } from '../sql/identifiers.js';

export const CHECKPOINT_CHANNEL = 'logbook_checkpoint';

/** A checkpoint that moved, as its notification says it: `<generation> <topic> <partition> <next offset>`. */
export interface CheckpointMoved {
  readonly generation: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

/** SQL that tells listeners of the checkpoint that `row` names once the transaction commits, and only if it does. */
export const notifyMovedSql = (generation: string, row: string): string =>
  `pg_notify('${CHECKPOINT_CHANNEL}', ` +
  `concat_ws(' ', '${generationName(generation)}', ${row}.topic, ${row}.partition, ${row}.next_offset))`;

/** The notification's payload; `undefined` if it is not one of ours. */
export function checkpointMoved(payload: string | undefined): CheckpointMoved | undefined {
  const [generation, topic, partition, next, ...rest] = (payload ?? '').split(' ');
  if (generation === undefined || topic === undefined || next === undefined || rest.length > 0) return undefined;
  return { generation, topic, partition: Number(partition), next: Number(next) };
}
