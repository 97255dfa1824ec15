import { setTimeout as pause } from 'node:timers/promises';

/** The clock of the generator; what it adds to a latency is added to those of every request and baseline alike. */
const TICK_MS = 1;

export interface OpenLoopOptions {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Each sends one request at a time. What is due while all are at work waits, and its latency grows meanwhile. */
  readonly senders: readonly (() => Promise<string>)[];
  /** Called with each answer and the time at which its request was due. */
  readonly onAnswer?: (answer: string, dueMs: number) => void;
}

export interface OpenLoopResult {
  readonly requests: number;
  /** Of them, those whose sender rejected. */
  readonly refused: number;
  readonly firstRefusal: string | undefined;
  /** From the time at which a request was due, whenever it was sent. */
  readonly latenciesMs: readonly number[];
  /** What was due and not yet sent when the time was over. */
  readonly overdue: number;
}

/**
 * Sends at a fixed rate, however slowly answers come: a client that waits for them would send less just when the server is
 * slow, and hide it. Resolves when every request was answered.
 */
export async function openLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { requestsPerSecond, seconds, senders, onAnswer } = options;
  const latenciesMs: number[] = [];
  const due: number[] = [];
  const idle = [...senders];
  const atWork = new Set<Promise<void>>();
  let refused = 0;
  let firstRefusal: string | undefined;

  const sendWhatIsDue = async (sender: () => Promise<string>): Promise<void> => {
    for (let dueMs = due.shift(); dueMs !== undefined; dueMs = due.shift()) {
      try {
        const answer = await sender();
        latenciesMs.push(performance.now() - dueMs);
        onAnswer?.(answer, dueMs);
      } catch (error) {
        refused += 1;
        firstRefusal ??= (error as Error).message;
      }
    }
    idle.push(sender);
  };

  const beganMs = performance.now();
  const requests = Math.floor(requestsPerSecond * seconds);
  const dueMsOf = (request: number): number => beganMs + (request * 1_000) / requestsPerSecond;
  for (let begun = 0; begun < requests;) {
    for (; begun < requests && dueMsOf(begun) <= performance.now(); begun += 1) due.push(dueMsOf(begun));
    while (due.length > 0 && idle.length > 0) {
      const work = sendWhatIsDue(idle.pop() as () => Promise<string>).finally(() => atWork.delete(work));
      atWork.add(work);
    }
    await pause(TICK_MS);
  }
  const overdue = due.length;
  await Promise.all(atWork);
  return { requests, refused, firstRefusal, latenciesMs, overdue };
}
