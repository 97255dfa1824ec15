/** What a commit answers for an item that it left out: it is then committed alone. */
export const LEFT_OUT: unique symbol = Symbol('left out of the group');

export interface GroupCommitOptions<Item, Outcome> {
  /** How many groups may be under way at once, and how many items beside them that are committed alone. */
  readonly atOnce: number;
  /** Whether the item is to be committed alone. */
  readonly isAlone: (item: Item) => boolean;
  /** Whether `item` may go with those before it. The first of a group is never asked about. */
  readonly fits: (group: readonly Item[], item: Item) => boolean;
  /** All of the items or none, but for those left out: their outcomes, in their order. One that is alone is never left out. */
  readonly commit: (group: readonly Item[], isAlone: boolean) => Promise<readonly (Outcome | typeof LEFT_OUT)[]>;
  /**
   * Whether the failure of a commit may be one item's doing: each of a group is then committed alone, and fails alone. Else
   * whoever waits would fail as well, and is told at once.
   */
  readonly isOfOne: (error: unknown) => boolean;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait for their turn, and how many commits of them are under way. */
interface Lane<Item, Outcome> {
  waiting: Waiting<Item, Outcome>[];
  underWay: number;
}

/**
 * Shares commits among those who come at the same time: in the same turn of the event loop, or while as many commits are
 * under way as may be. Nobody waits for others to come, and who is committed alone holds up no group.
 */
export class GroupCommit<Item, Outcome> {
  private readonly groups: Lane<Item, Outcome> = { waiting: [], underWay: 0 };
  private readonly alone: Lane<Item, Outcome> = { waiting: [], underWay: 0 };
  private looksAfterThisTurn = false;

  constructor(private readonly options: GroupCommitOptions<Item, Outcome>) {}

  /** Resolves with the item's outcome, once what it is in is committed; rejects with why it is not. */
  submit(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const lane = this.options.isAlone(item) ? this.alone : this.groups;
      lane.waiting.push({ item, resolve, reject });
      if (this.looksAfterThisTurn) return;
      this.looksAfterThisTurn = true;
      setImmediate(() => {
        this.looksAfterThisTurn = false;
        this.look();
      });
    });
  }

  private look(): void {
    this.begin(this.groups, () => this.nextGroup());
    this.begin(this.alone, () => this.alone.waiting.splice(0, 1));
  }

  private begin(lane: Lane<Item, Outcome>, next: () => Waiting<Item, Outcome>[]): void {
    while (lane.waiting.length > 0 && lane.underWay < this.options.atOnce) {
      lane.underWay += 1;
      void this.commit(next(), lane === this.alone).finally(() => {
        lane.underWay -= 1;
        this.look();
      });
    }
  }

  /** The first of those who wait, and whoever fits, in the order in which they came. */
  private nextGroup(): Waiting<Item, Outcome>[] {
    const group: Waiting<Item, Outcome>[] = [];
    const items: Item[] = [];
    const others: Waiting<Item, Outcome>[] = [];
    for (const each of this.groups.waiting) {
      if (items.length > 0 && !this.options.fits(items, each.item)) others.push(each);
      else {
        group.push(each);
        items.push(each.item);
      }
    }
    this.groups.waiting = others;
    return group;
  }

  private async commit(group: readonly Waiting<Item, Outcome>[], isAlone: boolean): Promise<void> {
    try {
      const items = group.map(({ item }) => item);
      const outcomes = await this.options.commit(items, isAlone);
      group.forEach((each, index) => {
        const outcome = outcomes[index] as Outcome | typeof LEFT_OUT;
        if (outcome === LEFT_OUT) this.alone.waiting.push(each);
        else each.resolve(outcome);
      });
    } catch (error) {
      if (!this.options.isOfOne(error)) this.rejectAll(group, error);
      else if (group.length > 1) this.alone.waiting.push(...group);
      else for (const { reject } of group) reject(error);
    }
  }

  private rejectAll(group: readonly Waiting<Item, Outcome>[], error: unknown): void {
    const rejected = [...group, ...this.groups.waiting, ...this.alone.waiting];
    this.groups.waiting = [];
    this.alone.waiting = [];
    for (const { reject } of rejected) reject(error);
  }
}
