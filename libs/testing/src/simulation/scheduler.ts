import type { Choices } from './choices.js';
import { SimulatedProcess, type Step, type StepQueue } from './simulated-process.js';
import type { VirtualTime } from './virtual-time.js';

export interface SchedulerOptions {
  readonly choices: Choices;
  readonly time: VirtualTime;
  /** How likely the clock moves although something else could happen. */
  readonly timeChance: number;
}

export interface RunOptions {
  readonly done: () => boolean;
  readonly before?: () => Promise<void>;
  readonly stepsMax: number;
}

const ARRIVAL_CHANCE = 0.5;

/**
 * Decides what happens next, one step at a time: an operation of a process, an answer to one, or a timer. Between two
 * steps every process runs as far as it comes without either. Nothing else moves, so one seed is one course of events.
 */
export class Scheduler implements StepQueue {
  private readonly beganAtMs: number;
  /** Every step so far. */
  readonly trace: string[] = [];
  private steps: Step[] = [];

  constructor(private readonly options: SchedulerOptions) {
    this.beganAtMs = options.time.nowMs();
  }

  process(name: string): SimulatedProcess {
    return new SimulatedProcess(name, this);
  }

  add(step: Step): void {
    this.steps.push(step);
  }

  /** Adds to the line of the step under way. */
  note(line: string): void {
    this.trace.push(`${this.options.time.nowMs() - this.beganAtMs} ms  ${line}`);
  }

  /** Ends a process. What it had sent may still arrive; of what it wrote on its own machine a first part has. */
  async kill(process: SimulatedProcess): Promise<void> {
    const { choices } = this.options;
    const begun = this.steps.filter((step) => step.process === process && step.kind === 'EFFECT');
    const sent = begun.filter(({ isLocal }) => isLocal !== true).filter(() => choices.chance(ARRIVAL_CHANCE));
    const written = begun.filter(({ isLocal }) => isLocal === true);
    process.state = 'GONE';
    this.steps = this.steps.filter((step) => step.process !== process || sent.includes(step));
    for (const step of written) {
      if (!choices.chance(ARRIVAL_CHANCE)) break;
      this.note(`${process.name} ${step.what}, and is gone`);
      await step.run();
    }
  }

  /**
   * Lets things happen until `done`, asking `before` each time; `IDLE` where nothing can happen any more before that.
   * Rejects where `stepsMax` steps did not do.
   */
  async run({ done, before, stepsMax }: RunOptions): Promise<'DONE' | 'IDLE'> {
    for (let step = 0; step < stepsMax; step += 1) {
      await everythingElse();
      if (done()) return 'DONE';
      await before?.();
      if ((await this.step()) === 'IDLE') return 'IDLE';
    }
    throw new Error(`${stepsMax} steps were not enough`);
  }

  private async step(): Promise<'STEPPED' | 'IDLE'> {
    const { choices, time, timeChance } = this.options;
    const ready = this.ready();
    if (time.timers() > 0 && (ready.length === 0 || choices.chance(timeChance))) {
      time.toNext();
      return 'STEPPED';
    }
    if (ready.length === 0) return 'IDLE';
    const step = choices.of(ready);
    this.steps.splice(this.steps.indexOf(step), 1);
    this.note(`${step.process.name} ${step.what}`);
    await step.run();
    return 'STEPPED';
  }

  /** Of each lane the first. */
  private ready(): Step[] {
    const lanes = new Set<string>();
    return this.steps.filter(({ process, lane }) => {
      if (process.state === 'FROZEN') return false;
      if (lane === undefined) return true;
      const taken = `${process.name} ${lane}`;
      if (lanes.has(taken)) return false;
      lanes.add(taken);
      return true;
    });
  }
}

/** Everything that waits for no step and no timer has run when this resolves. */
const everythingElse = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
