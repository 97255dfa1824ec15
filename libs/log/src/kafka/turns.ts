interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/**
 * Runs at most so many pieces of work at a time, which hold at most so many bytes together, or one that holds more alone;
 * the others wait and begin in the order of the calls, none before its call has returned.
 */
export class Turns {
  private readonly waiting: Waiting[] = [];
  private underWay = 0;
  private bytes = 0;

  constructor(
    private readonly atOnce: number,
    private readonly bytesMax = Infinity,
  ) {}

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
    return this.underWay === 0 || (this.underWay < this.atOnce && this.bytes + bytes <= this.bytesMax);
  }
}
