import { setTimeout as moment } from 'node:timers/promises';
import { randomFrom } from '@logbook/testing';
import { FoldingProcess } from './sweep/folding-process.js';
import { openTransactions } from './sweep/open-transactions.js';
import { type Outcome, brokenGenerations, outcomeOf, untilLevel } from './sweep/outcome.js';
import { sweepKills, sweepSeed } from './sweep/random.js';
import { openWorkbench, type Workbench } from './sweep/workbench.js';

const KILLS = sweepKills(25);
/** What waits for a process that begins. */
const BACKLOG = 150;
/** Appended while it works, a few at a time: small batches are many transactions. */
const APPENDED_EACH = 400;
const APPENDED_AT_ONCE = 10;

describe('a projector killed at random moments of its folding', () => {
  const seed = sweepSeed();
  let bench: Workbench;
  let clean: Outcome;
  let swept: Outcome;
  let broken: string[];
  const killed = { inTransaction: 0, afterWriting: 0 };

  beforeAll(async () => {
    bench = await openWorkbench();
    const random = randomFrom(seed);
    const withinMs = await undisturbedMs();
    let next = FoldingProcess.launch(bench.environment);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const projector = next;
      // Loads while the other one works.
      next = FoldingProcess.launch(bench.environment);
      await bench.history.append(BACKLOG);
      await projector.fold();
      const stopped = new AbortController();
      const appending = appendUntil(stopped.signal);
      await moment(random() * withinMs);
      projector.freeze();
      stopped.abort();
      const { open, written } = await openTransactions(bench.store);
      if (open > 0) killed.inTransaction += 1;
      if (written > 0) killed.afterWriting += 1;
      await projector.kill();
      // Not before the kill: frozen in a write to the embedded log, it lets no other process append.
      await appending;
    }
    await next.fold();
    await untilLevel(bench.log, bench.store);
    await next.end();
    swept = await outcomeOf(bench.store);
    broken = await brokenGenerations(bench.store);
    const beside = await bench.beside();
    const undisturbed = FoldingProcess.launch(beside.environment);
    await undisturbed.fold();
    await untilLevel(bench.log, beside.store);
    await undisturbed.end();
    clean = await outcomeOf(beside.store);
    process.stderr.write(
      `killed ${KILLS} times (LOGBOOK_TEST_SWEEP_SEED=${seed}), ${killed.inTransaction} times inside a transaction, ` +
        `${killed.afterWriting} of them after it had written; ${swept.rows.events} events\n`,
    );
  }, 600_000);
  afterAll(() => bench.dispose(), 60_000);

  /** How long a process has work, from where it follows the log: a kill comes within that, however fast the machine is. */
  async function undisturbedMs(): Promise<number> {
    const projector = FoldingProcess.launch(bench.environment);
    await bench.history.append(BACKLOG);
    await projector.fold();
    const began = performance.now();
    await appendUntil(new AbortController().signal);
    await untilLevel(bench.log, bench.store);
    const tookMs = performance.now() - began;
    await projector.end();
    return tookMs;
  }

  async function appendUntil(signal: AbortSignal): Promise<void> {
    for (let appended = 0; appended < APPENDED_EACH && !signal.aborted; appended += APPENDED_AT_ONCE) {
      await bench.history.append(APPENDED_AT_ONCE);
    }
  }

  it('was inside a transaction at some of the kills', () => {
    expect(killed.inTransaction).toBeGreaterThan(0);
    expect(killed.afterWriting).toBeGreaterThan(0);
  });

  it('leaves what an undisturbed replay gives: content, positions, checkpoints', () => {
    expect(swept).toEqual(clean);
  });

  it('leaves every accepted message a row, once', () => {
    expect(swept.rows).toEqual(bench.history.expected);
  });

  it('leaves no generation half made', () => {
    expect(broken).toEqual([]);
  });
});
