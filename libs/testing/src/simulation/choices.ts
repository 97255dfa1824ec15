import { randomFrom } from '../random.js';

/** Everything a simulation decides, out of one seed. */
export class Choices {
  private readonly next: () => number;

  constructor(readonly seed: number) {
    this.next = randomFrom(seed);
  }

  /** A whole number in [0, `limit`). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of<T>(list: readonly T[]): T {
    const chosen = list[this.below(list.length)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }
}
