import { FOLDED_TOPICS } from '@logbook/contracts';
import { Generations, type KnownGeneration, readStanding, type Standing, type Store } from '@logbook/store';

/** A generation that has tables, and where it stands; `undefined`: its tables are missing. */
export interface GenerationStanding {
  readonly generation: KnownGeneration;
  readonly standing: Standing | undefined;
}

/** Every generation that was not dropped. */
export async function readStandings(store: Store): Promise<GenerationStanding[]> {
  const known = (await new Generations(store).list()).filter(({ state }) => state !== 'DROPPED');
  return Promise.all(
    known.map(async (generation) => ({ generation, standing: await readStanding(store, generation) })),
  );
}

/** How many messages of the log a generation has not consumed yet. */
export function lagOf({ next }: Standing, ends: ReadonlyMap<string, readonly number[]>): number {
  return FOLDED_TOPICS.flatMap((topic) =>
    (ends.get(topic) ?? []).map((end, partition) => Math.max(0, end - (next[topic].get(partition) ?? 0))),
  ).reduce((sum, lag) => sum + lag, 0);
}
