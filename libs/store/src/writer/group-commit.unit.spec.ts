import { GroupCommit } from './group-commit.js';

/** Commits that end when the test says so. */
class Commits {
  readonly groups: (readonly string[])[] = [];
  private readonly endings: { resolve(): void; reject(error: Error): void }[] = [];

  readonly commit = async (group: readonly string[]): Promise<readonly string[]> => {
    this.groups.push(group);
    await new Promise<void>((resolve, reject) => this.endings.push({ resolve, reject }));
    return group.map((item) => `${item} done`);
  };

  async end(error?: Error): Promise<void> {
    const ending = this.endings.shift();
    if (ending === undefined) throw new Error('no commit is under way');
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
      fits: () => true,
      commit: commits.commit,
      isOfOne: () => false,
      ...options,
    });

  beforeEach(() => {
    commits = new Commits();
  });

  it('commits together what comes in one turn, and gives each its own outcome', async () => {
    const group = sharing();
    const outcomes = Promise.all(['a', 'b', 'c'].map((item) => group.submit(item)));
    await turn();
    expect(commits.groups).toEqual([['a', 'b', 'c']]);
    await commits.end();
    await expect(outcomes).resolves.toEqual(['a done', 'b done', 'c done']);
  });

  it('does not make a lone one wait, and gathers what comes while as many commits as may be are under way', async () => {
    const group = sharing({ atOnce: 2 });
    const outcomes: Promise<string>[] = [];
    for (const item of ['a', 'b', 'c', 'd']) {
      outcomes.push(group.submit(item));
      await turn();
    }
    expect(commits.groups).toEqual([['a'], ['b']]);
    await commits.end();
    expect(commits.groups).toEqual([['a'], ['b'], ['c', 'd']]);
    await commits.end();
    await commits.end();
    await expect(Promise.all(outcomes)).resolves.toHaveLength(4);
  });

  it('leaves who does not fit to a later group, where it comes first', async () => {
    const group = sharing({ fits: (items, item) => items.length < 3 && !items.includes(item) });
    const outcomes = Promise.all(['a', 'a', 'b', 'c', 'd', 'e'].map((item) => group.submit(item)));
    await turn();
    await commits.end();
    await commits.end();
    expect(commits.groups).toEqual([
      ['a', 'b', 'c'],
      ['a', 'd', 'e'],
    ]);
    await expect(outcomes).resolves.toHaveLength(6);
  });

  it('takes what fits nowhere alone', async () => {
    const group = sharing({ fits: () => false });
    const outcomes = Promise.all(['a', 'b'].map((item) => group.submit(item)));
    await turn();
    await commits.end();
    await commits.end();
    expect(commits.groups).toEqual([['a'], ['b']]);
    await outcomes;
  });

  it('rejects all of a group that failed for what is no doing of theirs, and goes on with the next', async () => {
    const group = sharing();
    const failed = Promise.allSettled([group.submit('a'), group.submit('b')]);
    await turn();
    const next = group.submit('c');
    await commits.end(new Error('away'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await commits.end();
    await expect(next).resolves.toBe('c done');
  });

  it('tries each alone, in order, where one of a group may be at fault, before it begins another group', async () => {
    const group = sharing({ isOfOne: () => true });
    const settled = Promise.allSettled(['a', 'b', 'c'].map((item) => group.submit(item)));
    await turn();
    const next = group.submit('d');
    await commits.end(new Error('one of them'));
    await commits.end();
    await commits.end(new Error('b it was'));
    await commits.end();
    expect(commits.groups).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c'], ['d']]);
    expect(await settled).toMatchObject([
      { value: 'a done' },
      { reason: { message: 'b it was' } },
      { value: 'c done' },
    ]);
    await commits.end();
    await expect(next).resolves.toBe('d done');
  });
});
