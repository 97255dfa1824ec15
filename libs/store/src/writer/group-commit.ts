export interface GroupCommitOptions<Item, Outcome> {
  /** How many commits may be under way at once; whoever comes meanwhile waits, and goes with others. */
  readonly atOnce: number;
  /** Whether `item` may go with those before it. The first of a group is never asked about. */
  readonly fits: (group: readonly Item[], item: Item) => boolean;
  /** All of the items or none: their outcomes, in their order. */
  readonly commit: (group: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Whether the failure of a group may be one item's doing: each is then committed alone, and fails alone. */
  readonly isOfOne: (error: unknown) => boolean;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Shares commits among those who come at the same time: in the same turn of the event loop, or while as many commits are
 * under way as may be. Nobody waits for others to come.
 */
export class GroupCommit<Item, Outcome> {
  private waiting: Waiting<Item, Outcome>[] = [];
  private underWay = 0;
  private looksAfterThisTurn = false;

  constructor(private readonly options: GroupCommitOptions<Item, Outcome>) {}

  /** Resolves with the item's outcome, once what it is in is committed; rejects with why it is not. */
  submit(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.looksAfterThisTurn) return;
      this.looksAfterThisTurn = true;
      setImmediate(() => {
        this.looksAfterThisTurn = false;
        this.look();
      });
    });
  }

  private look(): void {
    while (this.waiting.length > 0 && this.underWay < this.options.atOnce) {
      this.underWay += 1;
      void this.commit(this.nextGroup()).finally(() => {
        this.underWay -= 1;
        this.look();
      });
    }
  }

  /** The first of those who wait, and whoever fits, in the order in which they came. */
  private nextGroup(): Waiting<Item, Outcome>[] {
    const group: Waiting<Item, Outcome>[] = [];
    const items: Item[] = [];
    const others: Waiting<Item, Outcome>[] = [];
    for (const each of this.waiting) {
      if (items.length > 0 && !this.options.fits(items, each.item)) others.push(each);
      else {
        group.push(each);
        items.push(each.item);
      }
    }
    this.waiting = others;
    return group;
  }

  private async commit(group: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.options.commit(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
    } catch (error) {
      if (group.length > 1 && this.options.isOfOne(error)) for (const each of group) await this.commit([each]);
      else for (const { reject } of group) reject(error);
    }
  }
}
