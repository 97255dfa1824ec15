import { messageSha256, offset, type Offset, type Topic } from '@logbook/contracts';
import { DependencyUnavailableError, type Batch, type BatchOutcome } from '@logbook/core';
import type { Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { BatchWriter } from '../writer/batch-writer.js';
import { CrashError, crashingStore, type Crash } from './crashing-store.contract.js';
import type { Act, Step } from './schedule.contract.js';
import type { StoredLog, StoredPartition } from './stored-log.contract.js';

interface Delivery {
  readonly messagesMax: number;
  readonly pastHole: boolean;
}
const ALL: Delivery = { messagesMax: Number.MAX_SAFE_INTEGER, pastHole: false };

/** Delivers a log to a generation by a schedule, and sees that each outcome is the one that was promised. */
export class Replay {
  /** The topics of which a transaction crashed. */
  readonly crashed = new Set<Topic>();
  private readonly writer: BatchWriter;
  /** Where each partition goes on, as its owner believes. */
  private readonly next = new Map<StoredPartition, Offset>();

  constructor(
    private readonly store: Store,
    private readonly generation: Generation,
    private readonly log: StoredLog,
  ) {
    this.writer = new BatchWriter(store, { skips: log.skips });
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const partition of this.log.partitions) await this.takeOver(partition);
    for (const step of steps) {
      const open = this.open();
      const partition = open[step.partition % open.length];
      if (partition === undefined) break;
      if (step.act.kind === 'SIDE_BY_SIDE') await Promise.all(open.map((each) => this.apply(each, step)));
      else if (step.act.kind === 'CRASH_SIDE_BY_SIDE') await this.crashSideBySide(open, step, step.act.crash);
      else await this.act(partition, step, step.act);
    }
    for (const partition of this.open()) await this.apply(partition, ALL);
  }

  private open(): StoredPartition[] {
    return this.log.partitions.filter((partition) => this.nextBatch(partition, ALL) !== undefined);
  }

  private async act(partition: StoredPartition, delivery: Delivery, act: Act): Promise<void> {
    if (act.kind === 'STALE') return this.deliverFromElsewhere(partition, delivery);
    if (act.kind === 'TWO_OWNERS') return this.applyByTwo(partition, delivery);
    if (act.kind !== 'CRASH') return this.apply(partition, delivery);
    const batch = this.nextBatch(partition, delivery)!;
    const committed = await this.applyAndCrash(batch, act.crash);
    if (act.then === 'SAME_BATCH') await this.deliver(batch, committed ? 'STALE' : 'CONSUMED');
    await this.takeOver(partition, act.then === 'SAME_BATCH' || committed ? batch.next : batch.from);
  }

  private async apply(partition: StoredPartition, delivery: Delivery): Promise<void> {
    const batch = this.nextBatch(partition, delivery)!;
    await this.deliver(batch, 'CONSUMED');
    this.next.set(partition, batch.next);
  }

  private async applyByTwo(partition: StoredPartition, delivery: Delivery): Promise<void> {
    const batch = this.nextBatch(partition, delivery)!;
    const other = new BatchWriter(this.store, { skips: this.log.skips });
    const outcomes = await Promise.all([this.writer, other].map((owner) => owner.apply(this.generation, batch)));
    expectSame('the outcomes of two owners', outcomes.sort().join(), 'CONSUMED,STALE');
    this.next.set(partition, batch.next);
  }

  private async deliverFromElsewhere(partition: StoredPartition, delivery: Delivery): Promise<void> {
    const here = this.next.get(partition);
    const elsewhere = partition.messages.map(({ stored }) => stored.offset).find((at) => at !== here);
    if (elsewhere === undefined) return;
    await this.deliver(batchFrom(partition, elsewhere, delivery)!, 'STALE');
  }

  private async deliver(batch: Batch, promised: 'CONSUMED' | 'STALE'): Promise<void> {
    const outcome = await this.writer.apply(this.generation, batch);
    expectSame(`the outcome of ${batch.topic} ${batch.partition} from ${batch.from}`, outcome, promised);
  }

  /** Whether the batch was committed. */
  private async applyAndCrash(batch: Batch, crash: Crash): Promise<boolean> {
    return (await this.applyWithCrash(this.crashing(crash), batch)) !== 'CRASHED' || crash.at === 'AFTER_COMMIT';
  }

  /** Those that share a transaction are committed together or not at all; what was not told is then found by its new owner. */
  private async crashSideBySide(
    partitions: readonly StoredPartition[],
    delivery: Delivery,
    crash: Crash,
  ): Promise<void> {
    const writer = this.crashing(crash);
    await Promise.all(
      partitions.map(async (partition) => {
        const batch = this.nextBatch(partition, delivery)!;
        const outcome = await this.applyWithCrash(writer, batch);
        // It is nobody else's: where it is `STALE`, it was committed before the crash of the transaction that it shared.
        const isCommitted = outcome !== 'CRASHED' || crash.at === 'AFTER_COMMIT';
        await this.takeOver(partition, isCommitted ? batch.next : batch.from);
      }),
    );
  }

  private crashing(crash: Crash): BatchWriter {
    return new BatchWriter(crashingStore(this.store, crash), { skips: this.log.skips });
  }

  private async applyWithCrash(writer: BatchWriter, batch: Batch): Promise<BatchOutcome | 'CRASHED'> {
    try {
      return await writer.apply(this.generation, batch);
    } catch (error) {
      const seen = error instanceof DependencyUnavailableError ? error.cause : error;
      if (!(seen instanceof CrashError)) throw error;
      this.crashed.add(batch.topic);
      return 'CRASHED';
    }
  }

  /** What a new owner does: it asks where the partition goes on, and compares the last message with the log's. */
  private async takeOver(partition: StoredPartition, promised: number = 0): Promise<void> {
    const { next, last } = await this.writer.startPosition(this.generation, partition);
    expectSame(`the checkpoint of ${partition.topic} ${partition.partition}`, next, promised);
    if (last !== undefined) {
      const held = partition.messages.find(({ stored }) => stored.offset === last.offset)!;
      expectSame(
        'the hash of the last message',
        last.sha256.toString('hex'),
        messageSha256(held.stored).toString('hex'),
      );
    }
    this.next.set(partition, next);
  }

  private nextBatch(partition: StoredPartition, delivery: Delivery): Batch | undefined {
    return batchFrom(partition, this.next.get(partition) ?? offset(0), delivery);
  }
}

function batchFrom(
  { topic, partition, messages }: StoredPartition,
  from: Offset,
  { messagesMax, pastHole }: Delivery,
): Batch | undefined {
  const rest = messages.map(({ stored }) => stored).filter((stored) => stored.offset >= from);
  const delivered = rest.slice(0, messagesMax);
  const last = delivered.at(-1);
  if (last === undefined) return undefined;
  const following = rest[delivered.length];
  const next = pastHole && following !== undefined ? following.offset : offset(last.offset + 1);
  return { topic, partition, from, next, end: offset((messages.at(-1)?.stored.offset ?? 0) + 1), messages: delivered };
}

function expectSame(what: string, seen: string | number, promised: string | number): void {
  if (seen !== promised) throw new Error(`${what}: ${seen}, and not ${promised}`);
}
