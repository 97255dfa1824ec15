import { FOLDED_TOPICS, type FoldedTopic, TOPICS, type Topic } from '@logbook/contracts';
import { explain } from '@logbook/config';
import type { Log } from '@logbook/core';
import { isoTime } from '../output.js';
import { type OpenedLog, withStore } from '../with-log.js';
import { type GenerationStanding, lagOf, readStandings } from './standings.js';

export interface PartitionStatus {
  readonly topic: Topic;
  readonly partition: number;
  readonly end: number;
  /** The next offset that the generation readers use will consume; `null` where nothing is projected, or nobody can tell. */
  readonly checkpoint: number | null;
  readonly lag: number | null;
}

export interface GenerationStatus {
  readonly generation: string;
  readonly fold_version: number;
  readonly state: string;
  readonly pointed_to: boolean;
  readonly ready: boolean;
  /** `null` where its tables are missing. */
  readonly lag: number | null;
  readonly dead_letters: number | null;
}

/** The feed of changes, by partition of the commands it is derived from. */
export interface ChangesStatus {
  readonly partition: number;
  /** What the commands before this offset changed is published. */
  readonly published: number;
  /** Commands that are projected and whose changes are not published; `null` where nobody can tell. */
  readonly lag: number | null;
}

export interface StatusDocument {
  readonly log: { readonly id: string; readonly driver: string; readonly created_at: string };
  readonly projections: {
    readonly ready: boolean;
    readonly driver: string;
    readonly generation?: string;
    readonly reason?: string;
  };
  readonly generations: readonly GenerationStatus[];
  readonly tenants: number;
  readonly api_keys: number;
  readonly partitions: readonly PartitionStatus[];
  readonly changes: readonly ChangesStatus[];
}

/** Where log and projections stand now. Projections that cannot be reached are a part of the answer, not an error. */
export async function statusDocument({ settings, log, control }: OpenedLog): Promise<StatusDocument> {
  const { logId } = control.log;
  const found = await withStore(settings, readStandings).catch((error: unknown) => explain(error));
  const standings = typeof found === 'string' ? [] : found.filter(({ generation }) => generation.logId === logId);
  const ends = new Map<Topic, readonly number[]>();
  for (const topic of TOPICS) ends.set(topic, await log.ends(topic));
  const live = standings.find(({ generation }) => generation.pointedTo);
  const { driver, kind } = { driver: settings.store.kind, kind: settings.log.kind };
  return {
    log: { id: logId, driver: kind, created_at: isoTime(control.log.timeMs) },
    projections: {
      driver,
      ...(live?.standing?.ready === true
        ? { ready: true, generation: live.generation.name }
        : { ready: false, reason: typeof found === 'string' ? found : reasonOf(live) }),
    },
    generations: standings.map((each) => generationStatus(each, ends)),
    tenants: control.state.tenants().length,
    api_keys: control.state.apiKeys().filter(({ revokedAtMs }) => revokedAtMs === null).length,
    partitions: TOPICS.flatMap((topic) => partitionsOf(topic, ends.get(topic) ?? [], live)),
    changes: await Promise.all((ends.get('commands') ?? []).map((_, partition) => changesStatus(log, partition, live))),
  };
}

function partitionsOf(topic: Topic, ends: readonly number[], live: GenerationStanding | undefined): PartitionStatus[] {
  const next = isFolded(topic) ? live?.standing?.next[topic] : undefined;
  return ends.map((end, partition) => {
    const checkpoint = next === undefined ? null : (next.get(partition) ?? 0);
    return { topic, partition, end, checkpoint, lag: checkpoint === null ? null : Math.max(0, end - checkpoint) };
  });
}

function generationStatus(
  { generation, standing }: GenerationStanding,
  ends: ReadonlyMap<Topic, readonly number[]>,
): GenerationStatus {
  const { name, foldVersion, state, pointedTo } = generation;
  return {
    generation: name,
    fold_version: foldVersion,
    state: state.toLowerCase(),
    pointed_to: pointedTo,
    ready: standing?.ready === true,
    lag: standing === undefined ? null : lagOf(standing, ends),
    dead_letters: standing?.deadLetters ?? null,
  };
}

async function changesStatus(
  log: Log,
  partition: number,
  live: GenerationStanding | undefined,
): Promise<ChangesStatus> {
  const { next: published } = await log.feedPlace(partition);
  const { standing } = live ?? {};
  const lag = standing === undefined ? null : Math.max(0, (standing.next.commands.get(partition) ?? 0) - published);
  return { partition, published, lag };
}

const isFolded = (topic: Topic): topic is FoldedTopic => (FOLDED_TOPICS as readonly Topic[]).includes(topic);

function reasonOf(live: GenerationStanding | undefined): string {
  if (live === undefined) return 'there is no generation of this log yet: a projector creates the first';
  const { name } = live.generation;
  return live.standing === undefined ? `the tables of ${name} are missing` : `${name} is catching up`;
}
