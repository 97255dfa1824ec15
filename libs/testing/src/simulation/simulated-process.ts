/**
 * What becomes of an operation. `REFUSED`: nothing happens, and the caller is told. `ANSWER_LOST`: it happens, and the
 * caller is told that it failed. `SILENT`: nothing happens, and nobody is told. `LATE`: it happens, some time, and nobody
 * is told.
 */
export type Fault = 'NONE' | 'REFUSED' | 'ANSWER_LOST' | 'SILENT' | 'LATE';

export interface Operation<T> {
  /** For the trace. */
  readonly what: string;
  readonly effect: () => Promise<T>;
  /** Chosen when its turn comes; default `NONE`. */
  readonly fault?: () => Fault;
  /** What the caller is told where it failed. */
  readonly error?: () => Error;
  /** Operations of a process in one lane happen in the order in which they were asked for; their answers in any. */
  readonly lane?: string;
  /** What lies on the machine of the process ends with it: it has happened by then, or never does. */
  readonly isLocal?: boolean;
}

/** One thing that may happen next. */
export interface Step {
  readonly process: SimulatedProcess;
  readonly what: string;
  /** An answer lets code of the process run on. */
  readonly kind: 'EFFECT' | 'ANSWER';
  readonly lane?: string | undefined;
  readonly isLocal?: boolean | undefined;
  run(): Promise<void>;
}

/** Where steps wait for their turn. */
export interface StepQueue {
  add(step: Step): void;
  note(line: string): void;
}

/**
 * A process whose operations on the world happen when a scheduler says so: the effect is one step and the answer another,
 * so anything may come between an operation and its caller's next line. A process that is gone gets no answers, so
 * none of its code runs on; one that is frozen gets them later.
 */
export class SimulatedProcess {
  state: 'RUNNING' | 'FROZEN' | 'GONE' = 'RUNNING';

  constructor(
    readonly name: string,
    private readonly queue: StepQueue,
  ) {}

  perform<T>(operation: Operation<T>): Promise<T> {
    const { what, lane, isLocal } = operation;
    return new Promise<T>((resolve, reject) => {
      this.later({ kind: 'EFFECT', what, lane, isLocal, run: () => this.begin(operation, { resolve, reject }) });
    });
  }

  private async begin<T>(operation: Operation<T>, caller: Caller<T>): Promise<void> {
    const { what, effect, isLocal } = operation;
    const fault = operation.fault?.() ?? 'NONE';
    const fail = (): void => this.answer(`${what}: ${fault}`, () => caller.reject(failureOf(operation)));
    if (fault !== 'NONE') this.queue.note(fault);
    if (fault === 'REFUSED') fail();
    if (fault === 'LATE')
      this.later({
        kind: 'EFFECT',
        what: `${what}, late`,
        isLocal,
        run: async () => {
          await effect();
        },
      });
    if (fault === 'ANSWER_LOST') {
      await effect();
      fail();
    }
    if (fault === 'NONE') {
      await effect().then(
        (value) => this.answer(`${what}: answered`, () => caller.resolve(value)),
        (error: unknown) => this.answer(`${what}: failed`, () => caller.reject(error as Error)),
      );
    }
  }

  private answer(what: string, tell: () => void): void {
    this.later({ kind: 'ANSWER', what, run: async () => tell() });
  }

  private later(step: Omit<Step, 'process'>): void {
    if (this.state !== 'GONE') this.queue.add({ process: this, ...step });
  }
}

interface Caller<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

const failureOf = <T>({ what, error }: Operation<T>): Error => error?.() ?? new Error(`${what} failed`);
