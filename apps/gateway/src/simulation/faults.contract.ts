import { DependencyUnavailableError, LogUnavailableError } from '@logbook/core';
import type { Choices, Fault } from '@logbook/testing';

const AWAY: readonly Fault[] = ['REFUSED', 'REFUSED', 'SILENT', 'ANSWER_LOST', 'LATE'];

/** What is away now, and what becomes of operations on it. */
export class Faults {
  readonly away = { log: false, store: false, cache: false };
  /** From then on everything works. */
  healed = false;

  constructor(private readonly choices: Choices) {}

  heal(): void {
    this.healed = true;
    Object.assign(this.away, { log: false, store: false, cache: false });
  }

  readonly log = {
    fault: (): Fault => (this.away.log ? this.choices.of(AWAY) : this.rarely(['ANSWER_LOST', 'LATE'])),
    error: (): Error => new LogUnavailableError('the log is away'),
  };
  readonly store = {
    fault: (): Fault => (this.away.store ? this.choices.of(['REFUSED', 'ANSWER_LOST']) : this.rarely(['ANSWER_LOST'])),
    error: (): Error => new DependencyUnavailableError('the store is away'),
  };
  readonly disk = {
    fault: (): Fault => this.rarely(['REFUSED']),
    error: (): Error => new Error('the disk is full'),
    isLocal: true,
  };

  private rarely(faults: readonly Fault[]): Fault {
    return !this.healed && this.choices.chance(0.03) ? this.choices.of(faults) : 'NONE';
  }
}
