import { offset, type Position, type Topic } from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import { Timeouts } from '../timeouts.js';
import { LINGER_MS, Pace } from './pace.js';
import { RECORD_HEAD_BYTES_MAX } from './record-writer.js';

/** A request carries at most this, or one message: the leaders of many partitions share it. */
const REQUEST_BYTES_MAX = 8 * 1024 * 1024;
/** With so much on its way or waiting batches are large by themselves. */
const LINGER_BYTES_MAX = 256 * 1024;

export interface PartitionRecords {
  readonly topic: Topic;
  readonly partition: number;
  /** By `encodeRecord`, in order. */
  readonly records: readonly Buffer[];
}
/** A message to append. */
export interface AddressedRecord {
  readonly partition: number;
  /** By `encodeRecord`. */
  readonly record: Buffer;
}
export type SendOutcome =
  | { readonly kind: 'ACKNOWLEDGED'; readonly baseOffset: number }
  | { readonly kind: 'NOT_ACKNOWLEDGED'; readonly error: Error };
/** Sends batches together and settles each, by its place among them, once. Resolves when all are settled. */
export type SendRequest = (
  batches: readonly PartitionRecords[],
  settle: (place: number, outcome: SendOutcome) => void,
) => Promise<void>;

interface Append {
  readonly positions: Position[];
  readonly entries: Entry[];
  unacknowledged: number;
  settled: boolean;
  readonly resolve: (positions: Position[]) => void;
  readonly reject: (error: Error) => void;
}
interface Entry {
  readonly append: Append;
  readonly index: number;
  readonly record: Buffer;
}
interface Lane {
  readonly topic: Topic;
  readonly partition: number;
  /** In order of the calls; a set, so that an append that timed out leaves without a search. */
  readonly waiting: Set<Entry>;
}
/** What of a lane is on its way. */
interface SentLane extends Lane {
  readonly sent: readonly Entry[];
  readonly bytes: number;
}

export interface AppendQueueOptions {
  readonly send: SendRequest;
  readonly appendTimeoutMs: number;
  readonly pendingBytesMax: number;
  /** A batch of one partition is filled up to this; a larger message travels alone. At most the limit of a message. */
  readonly batchBytesTarget: number;
}

/**
 * Gathers appends: one request (to every leader concerned) is in flight, and what comes meanwhile waits and leaves together in the next. So a
 * lone append goes at once, and under load batches grow by themselves. One request in flight also keeps the order of a key.
 *
 * A broker that answers fast makes batches small, and a batch costs it and us more than what is in it. So under load (`Pace`) a
 * request leaves a while after the one before at the earliest, unless what waits is much, or not only events: behind a
 * command somebody waits for a read.
 *
 * Waiting, an append leaves with its messages sent, or after `appendTimeoutMs`, or at `close`. Sent, it is settled by the
 * request, or by the same clock while the request goes on, which is why a time-out does not say that nothing was appended.
 */
export class AppendQueue {
  private readonly lanes = new Map<string, Lane>();
  private pendingBytes = 0;
  private pumping: Promise<void> | undefined;
  private closed = false;
  /** Since the last request. */
  private appends = 0;
  private readonly pace = new Pace();
  /** Ends the wait before the next request. */
  private hurry = (): void => undefined;
  private readonly timeouts: Timeouts<Append>;

  constructor(private readonly options: AppendQueueOptions) {
    const { appendTimeoutMs } = options;
    const late = `the append was not acknowledged within ${appendTimeoutMs} ms; it may still reach the log`;
    this.timeouts = new Timeouts(appendTimeoutMs, (append) => this.fail(append, new LogUnavailableError(late)));
  }

  append(topic: Topic, records: readonly AddressedRecord[]): Promise<Position[]> {
    const { pendingBytesMax } = this.options;
    if (this.closed) return Promise.reject(new LogUnavailableError('the log is closed'));
    const bytes = records.reduce((sum, each) => sum + bytesOf(each), 0);
    if (this.pendingBytes > 0 && this.pendingBytes + bytes > pendingBytesMax) {
      const refusal = `more than ${pendingBytesMax} bytes wait to be appended; the brokers do not keep up`;
      return Promise.reject(new LogUnavailableError(refusal));
    }
    this.pendingBytes += bytes;
    return new Promise((resolve, reject) => {
      const append: Append = {
        positions: [],
        entries: [],
        unacknowledged: records.length,
        settled: false,
        resolve,
        reject,
      };
      this.timeouts.begin(append);
      records.forEach(({ partition, record }, index) => {
        const entry = { append, index, record };
        append.entries.push(entry);
        this.lane(topic, partition).waiting.add(entry);
      });
      this.appends += 1;
      if (topic !== 'events' || this.pendingBytes >= LINGER_BYTES_MAX) this.hurry();
      this.pumping ??= this.pump();
    });
  }

  /** Takes no more appends and resolves when those it has are settled, each within its time-out. */
  async close(): Promise<void> {
    this.closed = true;
    this.hurry();
    await this.pumping;
  }

  private async pump(): Promise<void> {
    // The appends of one turn of the event loop travel together.
    await Promise.resolve();
    for (let request = this.nextRequest(); request.length > 0; request = this.nextRequest()) {
      const lingered = this.pace.isLoad(this.appends, performance.now()) ? this.linger() : undefined;
      this.appends = 0;
      await this.sendAndSettle(request);
      await lingered;
    }
    this.pumping = undefined;
  }

  private linger(): Promise<void> {
    if (this.closed || this.pendingBytes >= LINGER_BYTES_MAX) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LINGER_MS);
      this.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async sendAndSettle(request: readonly SentLane[]): Promise<void> {
    const batches = request.map(({ topic, partition, sent }) => ({
      topic,
      partition,
      records: sent.map(({ record }) => record),
    }));
    await this.options.send(batches, (place, outcome) => {
      const lane = request[place];
      if (lane === undefined) throw new Error(`there is no batch ${place} among ${request.length}`);
      this.pendingBytes -= lane.bytes;
      if (outcome.kind === 'ACKNOWLEDGED') this.acknowledge(lane, outcome.baseOffset);
      else for (const { append } of lane.sent) this.fail(append, outcome.error);
    });
  }

  private acknowledge({ topic, partition, sent }: SentLane, baseOffset: number): void {
    sent.forEach(({ append, index }, place) => {
      append.positions[index] = { topic, partition, offset: offset(baseOffset + place) };
      append.unacknowledged -= 1;
      if (append.unacknowledged > 0 || append.settled) return;
      append.settled = true;
      this.timeouts.end(append);
      append.resolve(append.positions);
    });
  }

  /** What of the append was not sent yet never will be, so that nothing of it overtakes a repetition by the caller. */
  private fail(append: Append, error: Error): void {
    if (append.settled) return;
    append.settled = true;
    this.timeouts.end(append);
    for (const entry of append.entries) {
      for (const lane of this.lanes.values()) if (lane.waiting.delete(entry)) this.pendingBytes -= bytesOf(entry);
    }
    append.reject(error);
  }

  private nextRequest(): SentLane[] {
    const request: SentLane[] = [];
    let requestBytes = 0;
    for (const lane of this.lanes.values()) {
      const sent: Entry[] = [];
      let batchBytes = 0;
      for (const entry of lane.waiting) {
        const bytes = bytesOf(entry);
        if (sent.length > 0 && batchBytes + bytes > this.options.batchBytesTarget) break;
        if (requestBytes > 0 && requestBytes + bytes > REQUEST_BYTES_MAX) break;
        sent.push(entry);
        lane.waiting.delete(entry);
        batchBytes += bytes;
        requestBytes += bytes;
      }
      if (sent.length > 0) request.push({ ...lane, sent, bytes: batchBytes });
    }
    this.sendLast(request);
    return request;
  }

  /** Who was served comes last in the next request: a full one must not starve the partitions behind it. */
  private sendLast(served: readonly Lane[]): void {
    for (const { topic, partition } of served) {
      const lane = this.lane(topic, partition);
      this.lanes.delete(laneName(topic, partition));
      this.lanes.set(laneName(topic, partition), lane);
    }
  }

  private lane(topic: Topic, partition: number): Lane {
    const name = laneName(topic, partition);
    let lane = this.lanes.get(name);
    if (lane === undefined) {
      lane = { topic, partition, waiting: new Set() };
      this.lanes.set(name, lane);
    }
    return lane;
  }
}

const bytesOf = ({ record }: Pick<Entry, 'record'>): number => RECORD_HEAD_BYTES_MAX + record.length;
const laneName = (topic: Topic, partition: number): string => `${topic}/${partition}`;
