import type { FoldedTopic, LogId, Offset } from '@logbook/contracts';
import { asStoreError, classify, DependencyUnavailableError } from '@logbook/core';
import { readPointer } from '../generations/read-pointer.js';
import type { Store } from '../open-store.js';
import type { NextOffsets } from '../reader/read-checkpoints.js';
import { readPointedCheckpoints } from '../reader/read-pointed-checkpoints.js';
import type { CheckpointMoved } from '../writer/checkpoint-moved.js';
import { CheckpointListener } from './checkpoint-listener.js';

/** A message that somebody waits to see folded. */
export interface Awaited {
  readonly topic: FoldedTopic;
  readonly partition: number;
  readonly offset: Offset;
}

/**
 * `REACHED`: the generation that readers are pointed to answers reads and holds the message's effect.
 * `TIMED_OUT`: it answers reads and has not come that far. `NOT_READY`: it does not answer reads.
 */
export type WatchOutcome = 'REACHED' | 'TIMED_OUT' | 'NOT_READY';

export interface CheckpointWatchOptions {
  /** A generation of another log is then never ready. */
  readonly logId?: LogId;
  /** More waiters than this are refused; default 10,000. */
  readonly waitersMax?: number;
  /** The connection that listens was lost; looking at intervals takes its place until it is back. */
  readonly onListenerLost?: (error: Error) => void;
}

/** Where the checkpoint of a partition is now. */
export type MovedCheckpoint = Pick<CheckpointMoved, 'topic' | 'partition' | 'next'>;

interface Waiter extends Awaited {
  readonly settle: (outcome: WatchOutcome | Error) => void;
}

type Seen = { readonly state: 'READY'; readonly next: NextOffsets } | { readonly state: 'NOT_READY' } | Error;

const LOOK_MIN_MS = 2;
const LOOK_MAX_MS = 50;
/** Notifications can be lost with their connection, and others may fold, so even who is told looks now and then. */
const LOOK_WHILE_TOLD_MS = 250;

/**
 * Waits for checkpoints. All waiters share one loop that reads the pointer and its generation's checkpoints, runs
 * only while somebody waits, and looks when a waiter comes, when a notification or `moved` says that a checkpoint
 * passed what somebody waits for, and at intervals: growing ones while nobody tells. One look is under way at a time,
 * however many wait.
 */
export class CheckpointWatch {
  private readonly waiters = new Set<Waiter>();
  private readonly waitersMax: number;
  private readonly logId: LogId | undefined;
  private readonly listener: CheckpointListener | undefined;
  private seen: Seen = { state: 'NOT_READY' };
  private running = false;
  private closed = false;
  private lookNow = false;
  private wake: () => void = () => undefined;
  private intervalMs = LOOK_MIN_MS;
  private isToldHere = false;
  /** What the pointer named at the last look: so the next one is a single statement, unless it was moved. */
  private supposed: string | undefined;

  constructor(
    private readonly store: Store,
    { logId, waitersMax = 10_000, onListenerLost = () => undefined }: CheckpointWatchOptions = {},
  ) {
    this.logId = logId;
    this.waitersMax = waitersMax;
    if (store.notifies) this.listener = new CheckpointListener(store, (moved) => this.wakeFor(moved), onListenerLost);
  }

  /**
   * Waits until the checkpoint has passed `awaited`, at most `timeoutMs`. Rejects with
   * `DependencyUnavailableError` if by then the store is away, or at once if too many wait already.
   */
  reached(awaited: Awaited, { timeoutMs }: { readonly timeoutMs: number }): Promise<WatchOutcome> {
    if (this.closed) return Promise.reject(new DependencyUnavailableError('the store is being closed'));
    if (this.waiters.size >= this.waitersMax) {
      return Promise.reject(
        new DependencyUnavailableError(`${this.waitersMax} requests wait for the projector already`),
      );
    }
    return new Promise((resolve, reject) => {
      const settle = (outcome: WatchOutcome | Error): void => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const waiter: Waiter = { ...awaited, settle };
      const timer = setTimeout(() => settle(this.outcomeAtDeadline()), timeoutMs);
      this.waiters.add(waiter);
      this.listener?.start();
      this.intervalMs = LOOK_MIN_MS;
      this.lookSoon();
      void this.run();
    });
  }

  /** A checkpoint of some generation moved: looks at once if somebody waits for that. For the process that folds. */
  moved(checkpoint: MovedCheckpoint): void {
    this.isToldHere = true;
    this.wakeFor(checkpoint);
  }

  /** Stops; those who still wait are told that the store is going away. */
  async close(): Promise<void> {
    this.closed = true;
    for (const waiter of this.waiters) waiter.settle(new DependencyUnavailableError('the store is being closed'));
    this.wake();
    await this.listener?.close();
  }

  private wakeFor({ topic, partition, next }: MovedCheckpoint): void {
    for (const waiter of this.waiters) {
      if (waiter.topic === topic && waiter.partition === partition && waiter.offset < next) return this.lookSoon();
    }
  }

  private lookSoon(): void {
    this.lookNow = true;
    this.wake();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.waiters.size > 0) {
      this.lookNow = false;
      this.seen = await this.look();
      this.settleWaiters(this.seen);
      if (this.waiters.size > 0) await this.pause();
    }
    this.running = false;
  }

  private async look(): Promise<Seen> {
    const supposed = this.supposed;
    this.supposed = undefined;
    try {
      const generation = supposed ?? (await readPointer(this.store.pool))?.name;
      if (generation === undefined) return { state: 'NOT_READY' };
      const found = await readPointedCheckpoints(this.store.pool, generation);
      if (found.pointedTo !== generation) return await this.look();
      this.supposed = generation;
      const isReady = found.ready && (this.logId === undefined || found.logId === this.logId);
      return isReady ? { state: 'READY', next: found.next } : { state: 'NOT_READY' };
    } catch (error) {
      if (classify(error) === 'MISSING') return { state: 'NOT_READY' };
      return asStoreError(error) as Error;
    }
  }

  private settleWaiters(seen: Seen): void {
    if (seen instanceof Error && !(seen instanceof DependencyUnavailableError)) {
      for (const waiter of this.waiters) waiter.settle(seen);
    }
    if (seen instanceof Error || seen.state === 'NOT_READY') return;
    for (const waiter of this.waiters) {
      const next = seen.next[waiter.topic].get(waiter.partition);
      if (next !== undefined && next > waiter.offset) waiter.settle('REACHED');
    }
  }

  private outcomeAtDeadline(): WatchOutcome | Error {
    if (this.seen instanceof Error) return this.seen;
    return this.seen.state === 'READY' ? 'TIMED_OUT' : 'NOT_READY';
  }

  private async pause(): Promise<void> {
    if (this.lookNow || this.closed) return;
    const isTold = this.listener?.listening ?? this.isToldHere;
    const pauseMs = isTold ? LOOK_WHILE_TOLD_MS : this.intervalMs;
    this.intervalMs = Math.min(this.intervalMs * 2, LOOK_MAX_MS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
