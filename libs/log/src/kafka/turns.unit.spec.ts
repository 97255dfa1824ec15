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
    const turns = new Turns(2);
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
    const running = new Turns(1).run(work('a'));
    expect(begun).toEqual([]);
    await turn();
    expect(begun).toEqual(['a']);
    await end('a');
    await running;
  });

  it('runs what holds as many bytes together as may be, and no byte more', async () => {
    const turns = new Turns(9, 100);
    const all = Promise.all([
      turns.run(work('a'), 40),
      turns.run(work('b'), 60),
      turns.run(work('c'), 1),
      turns.run(work('d'), 0),
    ]);
    await turn();
    expect(begun).toEqual(['a', 'b']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    for (const name of ['b', 'c', 'd']) await end(name);
    await all;
  });

  it('runs what holds more than may be once nothing else runs, and nobody overtakes it', async () => {
    const turns = new Turns(9, 100);
    const all = Promise.all([turns.run(work('a'), 10), turns.run(work('large'), 101), turns.run(work('c'), 10)]);
    await turn();
    expect(begun).toEqual(['a']);
    await end('a');
    expect(begun).toEqual(['a', 'large']);
    await end('large');
    expect(begun).toEqual(['a', 'large', 'c']);
    await end('c');
    await all;
  });

  it('gives its turn on when the work fails', async () => {
    const turns = new Turns(1);
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
