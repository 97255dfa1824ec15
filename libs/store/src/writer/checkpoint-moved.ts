export const CHECKPOINT_CHANNEL = 'logbook_checkpoint';

/** A checkpoint that moved, as its notification says it: `<generation> <topic> <partition> <next offset>`. */
export interface CheckpointMoved {
  readonly generation: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

/** The notification's payload; `undefined` if it is not one of ours. */
export function checkpointMoved(payload: string | undefined): CheckpointMoved | undefined {
  const [generation, topic, partition, next, ...rest] = (payload ?? '').split(' ');
  if (generation === undefined || topic === undefined || next === undefined || rest.length > 0) return undefined;
  return { generation, topic, partition: Number(partition), next: Number(next) };
}
