import { randomUUID } from 'node:crypto';
import {
  encodedSha256,
  encodeMessage,
  logId,
  messageSha256,
  newMessageId,
  LOG_TOPICS,
  offset,
  type LogCreated,
  type Offset,
  type PartitionCounts,
  type RawMessage,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import { LogMismatchError, type Log } from '@logbook/core';
import { partitionName } from '../delivery/start-position.js';
import { everyPartition, firstPlaces, placeAt, withPlace, type CopyPlace, type CopyPlaces } from './copy-places.js';
import { loadCopyRecord, saveCopyRecord, type CopyRecord } from './copy-record.js';
import type { CopyBatch } from './copy-source.js';
import { readGenesis } from './genesis.js';
import { LandedMessages } from './landed-messages.js';

export interface CopyTargetOptions {
  readonly log: Log;
  /** The genesis of what is copied. */
  readonly source: LogCreated;
  /** Partition counts of a log made here. */
  readonly partitions: PartitionCounts;
  /** Those of `partitions` that somebody asked for: a target that was begun otherwise is refused. */
  readonly asked?: Partial<PartitionCounts>;
  /** Where the record of the copy is kept. */
  readonly recordDir: string;
  /** `ce_source` of the genesis. */
  readonly writtenBy: string;
}

const REST = LOG_TOPICS.filter((topic) => topic !== 'control');
const ELSEWHERE = 'Copy into a new place (another prefix or directory).';
const sha256Of = (message: RawMessage): string => messageSha256(message).toString('hex');

/**
 * The log a copy is made in. A batch is written in a step: the record that names it, then the append. Killed between
 * any two instructions, the next `open` finds by the record what the last step has left, and `write` passes it over.
 *
 * Nothing else may append here before the copy is done: it would be told by the positions, and the copy refused.
 */
export class CopyTarget {
  private constructor(
    private readonly options: CopyTargetOptions,
    /** What is to be saved with the next step: as of the last batch that was written whole. */
    private record: CopyRecord,
    private readonly landed: LandedMessages | undefined,
  ) {}

  /**
   * Makes the log, or goes on with one that was begun.
   * @throws LogMismatchError if the target holds anything but a copy of this source that goes on from its record.
   */
  static async open(options: CopyTargetOptions): Promise<CopyTarget> {
    const genesis = await readGenesis(options.log);
    const [end] = await options.log.ends('control');
    const record = end === 0 ? await begin(options) : await resume(options, genesis);
    return new CopyTarget(options, record, await findLanded(options.log, record));
  }

  /** How far the source was copied. */
  get copied(): CopyPlaces {
    return this.record.copied;
  }

  get logId(): CopyRecord['target'] {
    return this.record.target;
  }

  /** The partition of the source that an interrupted step was copying; it comes first now. */
  get first(): TopicPartition | null {
    return this.landed?.source ?? null;
  }

  /** Resolves once every message of the batch is durable. A rejection leaves a target that `open` goes on with. */
  async write(batch: CopyBatch): Promise<void> {
    const { topic, partition, from, next, messages } = batch;
    const place = placeAt(this.record.copied, batch);
    if (from !== place.next) {
      throw new LogMismatchError(
        `the source gave ${partitionName(batch)} from offset ${from}, where ${place.next} was due: ` +
          'what lies between is missing from it',
      );
    }
    this.requireInStep({ topic, partition });
    await saveCopyRecord(this.options.recordDir, { ...this.record, step: { topic, partition } });
    const written = await this.append(batch);
    const last = messages.at(-1);
    const copied: CopyPlace = {
      next,
      last: last === undefined ? place.last : { offset: last.offset, sha256: sha256Of(last) },
    };
    this.record = { ...this.record, copied: withPlace(this.record.copied, batch, copied), written, step: null };
  }

  /** Everything was copied: what an interrupted step has left must have come from it. */
  async finish(): Promise<void> {
    this.requireInStep(null);
    await saveCopyRecord(this.options.recordDir, { ...this.record, step: null });
  }

  /** Appends what the target does not hold yet, and tells what it holds then. */
  private async append({ topic, messages }: CopyBatch): Promise<CopyPlaces> {
    const { log } = this.options;
    const lasts = new Map<number, { next: number; message: RawMessage }>();
    const moveOn = (message: RawMessage, partition: number): void => {
      const { next } = lasts.get(partition) ?? placeAt(this.record.written, { topic, partition });
      lasts.set(partition, { next: next + 1, message });
    };
    const missing: RawMessage[] = [];
    for (const message of messages) {
      if (this.landed?.source.topic === topic && (await this.landed.take(message))) {
        moveOn(message, log.partitionOf(topic, message.key));
      } else missing.push(message);
    }
    const positions = await log.append(topic, missing);
    positions.forEach(({ partition, offset: at }, index) => {
      moveOn(missing[index] as RawMessage, partition);
      if (lasts.get(partition)?.next !== at + 1) {
        throw new LogMismatchError(
          `something else appends to ${partitionName({ topic, partition })} of the target: a message came to offset ${at}. ` +
            `Stop the servers that run on it. ${ELSEWHERE}`,
        );
      }
    });
    let written = this.record.written;
    for (const [partition, { next, message }] of lasts) {
      const last = { offset: offset(next - 1), sha256: sha256Of(message) };
      written = withPlace(written, { topic, partition }, { next: offset(next), last });
    }
    return written;
  }

  private requireInStep(place: TopicPartition | null): void {
    if (this.landed === undefined || this.landed.left === 0) return;
    const { left, source } = this.landed;
    if (place?.topic === source.topic && place.partition === source.partition) return;
    throw new LogMismatchError(
      `the target holds ${left} messages of ${source.topic} that do not come from ${partitionName(source)} of ` +
        `the source, where the copy was interrupted: go on with the source it was begun with. Else: ${ELSEWHERE}`,
    );
  }
}

async function begin({ log, source, partitions, asked, recordDir, writtenBy }: CopyTargetOptions): Promise<CopyRecord> {
  const counts = { ...partitions, ...asked };
  await log.prepare({ topics: REST, partitions: counts });
  for (const topic of REST) {
    if ((await log.ends(topic)).some((end) => end > 0))
      throw new LogMismatchError(`the target holds messages in ${topic} and no first message of a log. ${ELSEWHERE}`);
  }
  const target = logId(randomUUID());
  const genesis = encodeMessage({
    id: newMessageId(),
    timeMs: Date.now(),
    source: writtenBy,
    type: 'com.logbook.log.created.v1',
    logId: target,
    // Ids of fingerprints prove themselves by it, and clients keep theirs.
    secret: source.secret,
    formatVersion: 1,
    partitions: counts,
    origin: source.logId,
  });
  const first = { topic: 'control', partition: 0 } as const;
  const last = { offset: offset(0), sha256: encodedSha256(genesis).toString('hex') };
  const record: CopyRecord = {
    source: source.logId,
    target,
    // The genesis of the source is not copied.
    copied: withPlace(firstPlaces(source.partitions), first, { next: offset(1), last: null }),
    written: withPlace(firstPlaces(counts), first, { next: offset(1), last }),
    step: null,
  };
  await saveCopyRecord(recordDir, record);
  const [position] = await log.append('control', [genesis]);
  if (position?.offset !== 0)
    throw new LogMismatchError(`another process made a log in the target at the same moment. ${ELSEWHERE}`);
  return record;
}

async function resume(
  { log, source, asked, recordDir }: CopyTargetOptions,
  genesis: LogCreated | undefined,
): Promise<CopyRecord> {
  const refuse = (what: string): LogMismatchError => new LogMismatchError(`${what}. ${ELSEWHERE}`);
  if (genesis === undefined) throw refuse('the target holds messages and no first message of a log');
  if (genesis.logId === source.logId) throw refuse(`the target is the source itself, log ${source.logId}`);
  if (genesis.origin !== source.logId) {
    throw refuse(
      `the target holds log ${genesis.logId}, which is ${genesis.origin === null ? 'no copy' : `a copy of ${genesis.origin}`}, ` +
        `and not of ${source.logId}`,
    );
  }
  for (const topic of REST) {
    if (asked?.[topic] !== undefined && asked[topic] !== genesis.partitions[topic])
      throw refuse(`the copy was begun with ${genesis.partitions[topic]} partitions of ${topic}, not ${asked[topic]}`);
  }
  await log.prepare({ topics: REST, partitions: genesis.partitions });
  const record = await loadCopyRecord(recordDir, genesis.logId);
  if (record?.source !== source.logId) {
    throw refuse(
      `the target is a copy of the source, but ${recordDir} has no record of how far it is: ` +
        'run this where the copy was begun, with the same LOGBOOK_DATA_DIR',
    );
  }
  return record;
}

/** Compares the target with its record: all that was written is there, and past it only what the last step has left. */
async function findLanded(log: Log, { written, step }: CopyRecord): Promise<LandedMessages | undefined> {
  const bounds = [];
  const ends = new Map<Topic, Offset[]>(
    await Promise.all(LOG_TOPICS.map(async (topic) => [topic, await log.ends(topic)] as const)),
  );
  for (const { topic, partition, place } of everyPartition(written)) {
    const end = ends.get(topic)?.[partition] ?? offset(0);
    const name = partitionName({ topic, partition });
    const last = place.last === null ? undefined : await log.read({ topic, partition, offset: place.last.offset });
    if (end < place.next || (place.last !== null && (last === undefined || sha256Of(last) !== place.last.sha256)))
      throw new LogMismatchError(`${name} of the target does not hold what was copied into it. ${ELSEWHERE}`);
    if (end === place.next) continue;
    if (step?.topic !== topic)
      throw new LogMismatchError(
        `${name} of the target holds what was not copied: something else was appended. ${ELSEWHERE}`,
      );
    bounds.push({ partition, from: place.next, to: end });
  }
  return step === null ? undefined : new LandedMessages(log, step, bounds);
}
