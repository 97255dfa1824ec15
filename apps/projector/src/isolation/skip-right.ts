import { FOLDED_TOPICS, type Position } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import type { Generation, ProjectionReader } from '@logbook/store';

/**
 * Whether the follower of a generation may have a message skipped that Postgres refuses.
 * `MAY_SKIP`: it follows what readers are pointed to, and that is ready.
 * `AWAITS_LIVE`: another generation is live and has not come to this message; what it decides counts here too.
 * `MUST_NOT`: a rebuild is past what was decided already. To leave out now what was not left out then would make it differ.
 */
export type SkipRight = 'MAY_SKIP' | 'AWAITS_LIVE' | 'MUST_NOT';

/** Rejects with `DependencyUnavailableError` while nobody can tell which generation is live. */
export async function skipRight(
  reader: Pick<ProjectionReader, 'checkpoints'>,
  generation: Generation,
  { topic, partition, offset }: Position,
): Promise<SkipRight> {
  const live = await reader.checkpoints();
  if (live.state === 'NOT_READY') throw new DependencyUnavailableError(`nobody can tell what is live: ${live.reason}`);
  if (live.generation === generation.name) return live.state === 'READY' ? 'MAY_SKIP' : 'MUST_NOT';
  const folded = FOLDED_TOPICS.find((candidate) => candidate === topic);
  const next = folded === undefined ? undefined : live.next[folded].get(partition);
  return (next ?? 0) <= offset ? 'AWAITS_LIVE' : 'MUST_NOT';
}
