import type { Origin } from '../machine.js';
import type { Spread } from '../statistics.js';

/**
 * A number that means the same on any machine: what was measured divided by a baseline of the same round. Every report
 * carries those by which a later run is compared with it.
 */
export interface ComparedRatio {
  /** What was measured, how, and against what: `Logbook, batches of 100: CPU × bare HTTP`. */
  readonly name: string;
  readonly better: 'LOWER' | 'HIGHER';
  readonly spread: Spread;
}

/** What a report must have for a comparison. */
export interface ComparableReport extends Origin {
  readonly benchmark: string;
  readonly settings: unknown;
  readonly compared: readonly ComparedRatio[];
}
