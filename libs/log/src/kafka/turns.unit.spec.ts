import { Turns } from './turns.js';

describe('Turns', () => {
  const begun: string[] = [];
  const endings = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const work = (name: string) => (): Promise<void> => {
    begun.push(name);
    return new Promise((resolve, reject) => endings.set(name, { resolve, reject }));
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const end = async (name: string): Promise<void> => {
    endings.get(name)?.resolve();
    await turn();
  };

  beforeEach(() => {
    begun.length = 0;
    endings.clear();
  });

  it('runs so many at a time, the others in the order in which they came', async () => {
    const turns = new Turns({ atOnce: 2 });
    const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => turns.run(work(name))));
    await turn();
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    await end('c');
    await end('d');
    await all;
  });

  it('begins none before its call has returned', async () => {
    const running = new Turns({ atOnce: 1 }).run(work('a'));
    expect(begun).toEqual([]);
    await turn();
    expect(begun).toEqual(['a']);
    await end('a');
    await running;
  });

  it('runs more of them as long as all hold no byte more together than they may', async () => {
    const turns = new Turns({ atOnce: 4, largeAtOnce: 2, bytesMax: 100 });
    const all = Promise.all([
      turns.run(work('a'), 40),
      turns.run(work('b'), 20),
      turns.run(work('c'), 40),
      turns.run(work('d'), 1),
      turns.run(work('e'), 0),
    ]);
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const name of ['b', 'c', 'd', 'e']) await end(name);
    await all;
  });

  it('runs so many whatever they hold, so that one that is stuck holds up nobody else', async () => {
    const turns = new Turns({ atOnce: 4, largeAtOnce: 2, bytesMax: 100 });
    const all = Promise.all([
      turns.run(work('stuck'), 90),
      turns.run(work('large'), 200),
      turns.run(work('c'), 20),
      turns.run(work('d'), 0),
    ]);
    await turn();
    expect(begun).toEqual(['stuck', 'large']);
    await end('large');
    expect(begun).toEqual(['stuck', 'large', 'c']);
    await end('c');
    expect(begun).toEqual(['stuck', 'large', 'c', 'd']);
    await end('d');
    await end('stuck');
    await all;
  });

  it('gives its turn on when the work fails', async () => {
    const turns = new Turns({ atOnce: 1 });
    const failing = turns.run(work('a'));
    const next = turns.run(work('b'));
    await turn();
    endings.get('a')?.reject(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await turn();
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    await next;
  });
});
