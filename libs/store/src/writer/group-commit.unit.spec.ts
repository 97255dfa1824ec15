import { GroupCommit, LEFT_OUT } from './group-commit.js';

/** Commits that end when the test says so. */
class Commits {
  readonly groups: (readonly string[])[] = [];
  private readonly endings = new Map<string, { resolve(): void; reject(error: Error): void }>();

  /** Named by their items; `held` is left out of every group. */
  readonly commit = async (group: readonly string[], isAlone: boolean) => {
    this.groups.push(group);
    await new Promise<void>((resolve, reject) => this.endings.set(group.join(), { resolve, reject }));
    return group.map((item) => (item === 'held' && !isAlone ? LEFT_OUT : `${item} done`));
  };

  async end(group: string, error?: Error): Promise<void> {
    const ending = this.endings.get(group);
    this.endings.delete(group);
    if (ending === undefined) throw new Error(`no commit of ${group} is under way`);
    if (error === undefined) ending.resolve();
    else ending.reject(error);
    await turn();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('GroupCommit', () => {
  let commits: Commits;
  const sharing = (options: Partial<ConstructorParameters<typeof GroupCommit<string, string>>[0]> = {}) =>
    new GroupCommit<string, string>({
      atOnce: 1,
      isAlone: (item) => item.startsWith('alone'),
      fits: () => true,
      commit: commits.commit,
      isOfOne: (error) => (error as Error).message !== 'away',
      ...options,
    });
  const submitAll = (group: GroupCommit<string, string>, items: readonly string[]) =>
    Promise.allSettled(items.map((item) => group.submit(item)));

  beforeEach(() => {
    commits = new Commits();
  });

  it('commits together what comes in one turn, and gives each its own outcome', async () => {
    const outcomes = submitAll(sharing(), ['a', 'b', 'c']);
    await turn();
    expect(commits.groups).toEqual([['a', 'b', 'c']]);
    await commits.end('a,b,c');
    expect(await outcomes).toMatchObject([{ value: 'a done' }, { value: 'b done' }, { value: 'c done' }]);
  });

  it('does not make a lone one wait, and gathers what comes while as many commits as may be are under way', async () => {
    const group = sharing({ atOnce: 2 });
    const outcomes: Promise<string>[] = [];
    for (const item of ['a', 'b', 'c', 'd']) {
      outcomes.push(group.submit(item));
      await turn();
    }
    expect(commits.groups).toEqual([['a'], ['b']]);
    await commits.end('a');
    expect(commits.groups).toEqual([['a'], ['b'], ['c', 'd']]);
    await commits.end('b');
    await commits.end('c,d');
    await expect(Promise.all(outcomes)).resolves.toHaveLength(4);
  });

  it('leaves who does not fit to a later group, where it comes first', async () => {
    const fits = (items: readonly string[], item: string) => items.length < 3 && !items.includes(item);
    const outcomes = submitAll(sharing({ fits }), ['a', 'a', 'b', 'c', 'd', 'e']);
    await turn();
    await commits.end('a,b,c');
    await commits.end('a,d,e');
    expect(await outcomes).toHaveLength(6);
  });

  it('commits alone who is to be, beside the groups and as many at a time', async () => {
    const outcomes = submitAll(sharing(), ['a', 'alone 1', 'b', 'alone 2']);
    await turn();
    expect(commits.groups).toEqual([['a', 'b'], ['alone 1']]);
    await commits.end('alone 1');
    expect(commits.groups).toEqual([['a', 'b'], ['alone 1'], ['alone 2']]);
    await commits.end('alone 2');
    await commits.end('a,b');
    expect(await outcomes).toHaveLength(4);
  });

  it('commits alone who was left out of a group, and holds up nobody by it', async () => {
    const group = sharing();
    const outcomes = submitAll(group, ['a', 'held']);
    await turn();
    await commits.end('a,held');
    const next = group.submit('b');
    await turn();
    expect(commits.groups).toEqual([['a', 'held'], ['held'], ['b']]);
    await commits.end('b');
    await expect(next).resolves.toBe('b done');
    await commits.end('held');
    expect(await outcomes).toMatchObject([{ value: 'a done' }, { value: 'held done' }]);
  });

  it('tries each alone, in order, where one of a group may be at fault, while other groups go on', async () => {
    const group = sharing();
    const settled = submitAll(group, ['a', 'b', 'c']);
    await turn();
    const next = group.submit('d');
    await commits.end('a,b,c', new Error('one of them'));
    await commits.end('d');
    await expect(next).resolves.toBe('d done');
    await commits.end('a');
    await commits.end('b', new Error('b it was'));
    await commits.end('c');
    expect(commits.groups).toEqual([['a', 'b', 'c'], ['d'], ['a'], ['b'], ['c']]);
    expect(await settled).toMatchObject([
      { value: 'a done' },
      { reason: { message: 'b it was' } },
      { value: 'c done' },
    ]);
  });

  it('rejects all of a group, and whoever waits, where the failure is nobody’s doing, and takes who comes then', async () => {
    const group = sharing();
    const failed = submitAll(group, ['a', 'b', 'alone 1']);
    await turn();
    const waiting = submitAll(group, ['c', 'alone 2']);
    await commits.end('a,b', new Error('away'));
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await commits.end('alone 1');
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    const later = group.submit('d');
    await turn();
    await commits.end('d');
    await expect(later).resolves.toBe('d done');
  });

  it('rejects those that are still to be tried alone once the failure is nobody’s doing', async () => {
    const settled = submitAll(sharing(), ['a', 'b', 'c']);
    await turn();
    await commits.end('a,b,c', new Error('one of them'));
    await commits.end('a');
    await commits.end('b', new Error('away'));
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(commits.groups).toHaveLength(3);
  });
});
