import { FOLDED_TOPICS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { combinedDigest } from '@logbook/projections';
import {
  type Checkpoint,
  foldOf,
  Generations,
  type KnownGeneration,
  readCheckpointRows,
  readCheckpoints,
  readDigests,
  type Store,
} from '@logbook/store';
import { eventually } from '@logbook/testing';
import type { ExpectedRows } from './history.js';

/** What a replay came to. */
export interface Outcome {
  readonly content: string;
  readonly position: string;
  readonly checkpoints: readonly Checkpoint[];
  readonly rows: ExpectedRows;
}

const LEVEL_TIMEOUT_MS = 120_000;

/** The generation that readers are pointed to. */
export async function pointedGeneration(store: Store): Promise<KnownGeneration> {
  const pointed = (await new Generations(store).list()).find(({ pointedTo }) => pointedTo);
  if (pointed === undefined) throw new Error('readers are pointed to nothing');
  return pointed;
}

/** Resolves once the generation that readers are pointed to has consumed all that the log holds now. */
export async function untilLevel(log: Log, store: Store): Promise<void> {
  const ends = new Map(await Promise.all(FOLDED_TOPICS.map(async (topic) => [topic, await log.ends(topic)] as const)));
  await eventually(
    async () => {
      const next = (await readCheckpoints(store.pool, (await pointedGeneration(store)).name))?.next;
      return [...ends].every(([topic, of]) => of.every((end, partition) => (next?.[topic].get(partition) ?? 0) >= end));
    },
    { timeoutMs: LEVEL_TIMEOUT_MS, what: 'the projection to come level with the log' },
  );
}

/** What the generation that readers are pointed to holds; nobody may write it meanwhile. */
export async function outcomeOf(store: Store): Promise<Outcome> {
  const generation = await pointedGeneration(store);
  const digest = async (kind: 'content' | 'position') =>
    combinedDigest(await readDigests(store.pool, generation.name, foldOf(generation), { kind }));
  const { rows } = await store.pool.query<{ events: number; in_sessions: number; dead_letters: number }>(
    `SELECT (SELECT count(*)::int FROM ${generation.name}.events) AS events,
            (SELECT sum(event_count)::int FROM ${generation.name}.sessions) AS in_sessions,
            (SELECT count(*)::int FROM ${generation.name}.dead_letters) AS dead_letters`,
  );
  const { events = 0, in_sessions: eventsInSessions = 0, dead_letters: deadLetters = 0 } = rows[0] ?? {};
  return {
    content: await digest('content'),
    position: await digest('position'),
    checkpoints: await readCheckpointRows(store.pool, generation.name),
    rows: { events, eventsInSessions, deadLetters },
  };
}

/**
 * What is wrong with what the database says of its generations: a pointer to one that cannot answer, tables that belong
 * to none, one without tables. Empty where nothing is half done that readers or operators could meet.
 */
export async function brokenGenerations(store: Store): Promise<string[]> {
  const known = await new Generations(store).list();
  const { rows } = await store.pool.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^gen_[0-9]+$'`,
  );
  const schemas = new Set(rows.map(({ name }) => name));
  const found = known
    .filter(({ state, name }) => state !== 'DROPPED' && !schemas.has(name))
    .map(({ name, state }) => `${name} is ${state} and has no tables`);
  for (const schema of schemas) {
    const state = known.find(({ name }) => name === schema)?.state;
    if (state === undefined || state === 'DROPPED') found.push(`${schema} has tables and is ${state ?? 'unknown'}`);
  }
  const pointed = await pointedGeneration(store);
  if (pointed.state !== 'FOLLOWED') found.push(`readers are pointed to ${pointed.name}, which is ${pointed.state}`);
  const ready = (await readCheckpoints(store.pool, pointed.name))?.ready;
  if (ready !== true) found.push(`readers are pointed to ${pointed.name}, which is not ready`);
  return found;
}
