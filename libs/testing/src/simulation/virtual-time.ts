import { install, type Clock } from '@sinonjs/fake-timers';

/**
 * Takes the place of the clock and the timers of this process, `node:timers/promises` included, until it is released.
 * It stands still unless it is told to move.
 */
export class VirtualTime {
  private readonly clock: Clock;

  private constructor(beganAtMs: number) {
    this.clock = install({ now: beganAtMs, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  }

  static install(beganAtMs: number): VirtualTime {
    return new VirtualTime(beganAtMs);
  }

  /** How many timers wait. */
  timers(): number {
    return this.clock.countTimers();
  }

  /** Moves to the next timer and fires it. */
  toNext(): void {
    this.clock.next();
  }

  nowMs(): number {
    return this.clock.now;
  }

  /** Back to when it began, without the timers that wait. */
  restart(): void {
    this.clock.reset();
  }

  /** What waited for it is forgotten: whoever keeps a timer of it would keep all that the timer leads to. */
  release(): void {
    this.clock.reset();
    this.clock.uninstall();
  }
}
