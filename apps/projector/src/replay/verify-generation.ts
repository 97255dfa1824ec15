import { offset, type FoldedTopic, type LogId, type Offset } from '@logbook/contracts';
import { classify, ConsumptionHaltedError, type Log } from '@logbook/core';
import {
  compareRows,
  foldOf,
  type BatchWriter,
  type Checkpoint,
  Generations,
  type KnownGeneration,
  type LogEnds,
  readCheckpointRows,
  readDigests,
  snapshot,
  type Store,
  type TableComparison,
} from '@logbook/store';
import { combinedDigest, type Digests } from '@logbook/projections';
import { logEndsOf, offsetsBefore } from '../log-ends.js';
import { replayUntil } from './replay-until.js';
import { requireConsumed, requireWholeLog } from './require-replayable.js';

export interface VerifyOptions {
  readonly log: Log;
  readonly logId: LogId;
  readonly store: Store;
  /** Must leave out what `control` says is skipped, as whoever made the generation did. */
  readonly writer: BatchWriter;
  readonly signal: AbortSignal;
  /** Called once it is known how many messages are replayed, and after each batch. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** A checkpoint that an independent replay to the same place does not come to. */
export interface CheckpointDifference {
  readonly topic: FoldedTopic;
  readonly partition: number;
  /** In words for people: what it says and what the log says. */
  readonly problem: string;
}

export interface Verification {
  readonly generation: string;
  readonly foldVersion: number;
  readonly same: boolean;
  /** The checkpoints to which it was replayed. */
  readonly vector: LogEnds;
  readonly messages: number;
  readonly tables: readonly TableComparison[];
  readonly checkpoints: readonly CheckpointDifference[];
  /** Of the replay: that of the generation too where they are the same. */
  readonly contentDigest: string;
  readonly contentDigests: Digests;
}

/**
 * Records a generation's checkpoints and rows in one snapshot, folds the log to exactly those checkpoints into a scratch
 * generation, and compares the two. The scratch generation is dropped afterwards, also when it fails; what a killed
 * verification left is dropped by the next one. The caller makes sure that no two run at once.
 * Rejects with `ConsumptionHaltedError`, before anything is made, where the log has lost what the generation consumed.
 */
export async function verifyGeneration(generation: KnownGeneration, options: VerifyOptions): Promise<Verification> {
  const { store, log, logId } = options;
  const generations = new Generations(store);
  await dropScratch(generations);
  await requireWholeLog(log);
  await whileThere(generation, async () =>
    requireConsumed(log, generation.name, await readCheckpointRows(store.pool, generation.name)),
  );
  const ends = await logEndsOf(log);
  const scratch = await generations.create({
    logId,
    foldVersion: generation.foldVersion,
    state: 'SCRATCH',
    until: ends,
  });
  try {
    return await compare(generation, scratch, options);
  } finally {
    await generations.drop(scratch.name);
  }
}

/** Says it where somebody dropped the generation meanwhile, or its tables. */
async function whileThere<T>({ name }: KnownGeneration, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (classify(error) !== 'MISSING') throw error;
    throw new ConsumptionHaltedError(
      'CONSUMER_FAILED',
      `the tables of ${name} are missing: it was dropped, or nobody follows it who would make them again`,
      { cause: error },
    );
  }
}

async function dropScratch(generations: Generations): Promise<void> {
  for (const { name, state } of await generations.list()) {
    if (state === 'SCRATCH') await generations.drop(name);
  }
}

async function compare(
  generation: KnownGeneration,
  scratch: KnownGeneration,
  { store, log, writer, signal, onProgress }: VerifyOptions,
): Promise<Verification> {
  const recorded = await whileThere(generation, () => snapshot(store, generation, scratch.name));
  // Taken after the snapshot: a checkpoint past these ends is past them for good.
  const ends = await logEndsOf(log);
  const until = vectorOf(recorded, ends);
  const total = offsetsBefore(until);
  let done = 0;
  onProgress?.({ done, total });
  await replayUntil({
    log,
    writer,
    generation: scratch,
    until,
    signal,
    onApplied: (messages) => {
      done += messages;
      onProgress?.({ done, total });
    },
  });
  signal.throwIfAborted();
  const comparing = compareRows(store, scratch);
  // Side by side, each hashes every row; on the one connection of the embedded store one would outwait its time-out.
  if (!store.notifies) await comparing;
  const reading = readDigests(store.pool, scratch.name, foldOf(scratch), { kind: 'content' });
  const [tables, contentDigests] = await Promise.all([comparing, reading]);
  const checkpoints = compareCheckpoints(recorded, await readCheckpointRows(store.pool, scratch.name), ends);
  return {
    generation: generation.name,
    foldVersion: generation.foldVersion,
    same:
      checkpoints.length === 0 && tables.every(({ differences }) => Object.values(differences).every((n) => n === 0)),
    vector: until,
    messages: done,
    tables,
    checkpoints,
    contentDigest: combinedDigest(contentDigests),
    contentDigests,
  };
}

/** Where the replay stops: at each checkpoint, or, where one is past the end of the log, at that end. */
function vectorOf(checkpoints: readonly Checkpoint[], ends: LogEnds): LogEnds {
  const at = (topic: FoldedTopic): Offset[] =>
    ends[topic].map((end, partition) => {
      const found = checkpoints.find((checkpoint) => checkpoint.topic === topic && checkpoint.partition === partition);
      return found === undefined ? offset(0) : offset(Math.min(found.next, end));
    });
  return { commands: at('commands'), events: at('events') };
}

/** Exported for its test. */
export function compareCheckpoints(
  recorded: readonly Checkpoint[],
  replayed: readonly Checkpoint[],
  ends: LogEnds,
): CheckpointDifference[] {
  return recorded.flatMap(({ topic, partition, next, lastOffset, lastSha256 }) => {
    const said = `next is ${next}, and ${lastOffset === null ? 'no message' : `the message at ${lastOffset}`} was the last`;
    const end = ends[topic][partition];
    const replay = replayed.find((other) => other.topic === topic && other.partition === partition);
    const differ = (problem: string): CheckpointDifference[] => [{ topic, partition, problem: `${said}; ${problem}` }];
    if (end === undefined) return differ('the log has no such partition');
    if (next > end) return differ(`the log ends at ${end}`);
    const replayedLast = replay?.lastOffset ?? null;
    if (lastOffset !== replayedLast) {
      return differ(
        `up to there the last message of the log is ${replayedLast === null ? 'none' : `at ${replayedLast}`}`,
      );
    }
    return lastSha256 === (replay?.lastSha256 ?? null) ? [] : differ('the log holds another message there');
  });
}
