interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

export interface TurnsOptions {
  readonly atOnce: number;
  /** So many of them whatever they hold; more as long as all hold no more than `bytesMax` together. Default all. */
  readonly largeAtOnce?: number;
  readonly bytesMax?: number;
}

/**
 * Runs at most so many pieces of work at a time, and fewer while they hold much. The others wait and begin in the order of
 * the calls, none before its call has returned.
 */
export class Turns {
  private readonly waiting: Waiting[] = [];
  private underWay = 0;
  private bytes = 0;

  constructor(private readonly options: TurnsOptions) {}

  async run<T>(work: () => Promise<T>, bytes = 0): Promise<T> {
    await new Promise<void>((begin) => {
      this.waiting.push({ bytes, begin });
      this.look();
    });
    try {
      return await work();
    } finally {
      this.underWay -= 1;
      this.bytes -= bytes;
      this.look();
    }
  }

  private look(): void {
    for (let [next] = this.waiting; next !== undefined && this.hasRoom(next); [next] = this.waiting) {
      this.waiting.shift();
      this.underWay += 1;
      this.bytes += next.bytes;
      next.begin();
    }
  }

  private hasRoom({ bytes }: Waiting): boolean {
    const { atOnce, largeAtOnce = atOnce, bytesMax = 0 } = this.options;
    if (this.underWay >= atOnce) return false;
    return this.underWay < largeAtOnce || this.bytes + bytes <= bytesMax;
  }
}
