import { startProgress } from './progress.js';

describe('Progress', () => {
  const recording = (isTTY: boolean) => {
    const written: string[] = [];
    let nowMs = 0;
    const progress = startProgress({ isTTY, write: (text: string) => written.push(text) }, () => nowMs);
    return { written, progress, after: (ms: number) => (nowMs += ms) };
  };

  it('redraws one line on a terminal, with rate and what remains', () => {
    const { written, progress, after } = recording(true);
    progress.update('gen_2', 0, 1_000);
    after(200);
    progress.update('gen_2', 500, 1_000);
    progress.end();
    expect(written).toEqual([
      '\r\u001b[Kgen_2 [........................] 0 % 0 of 1000 messages, 0/s, 1000 remaining',
      '\r\u001b[Kgen_2 [############............] 50 % 500 of 1000 messages, 2500/s, 500 remaining, about 1 s left',
      '\n',
    ]);
  });

  it('does not redraw more often than people can read, but for the end', () => {
    const { written, progress, after } = recording(true);
    progress.update('gen_2', 0, 10);
    after(199);
    progress.update('gen_2', 5, 10);
    expect(written).toHaveLength(1);
    progress.update('gen_2', 10, 10);
    expect(written.at(-1)).toContain('100 % 10 of 10');
  });

  it('writes a line every few seconds where there is no terminal', () => {
    const { written, progress, after } = recording(false);
    for (let done = 0; done < 100; done += 10) {
      progress.update('gen_2', done, 100_000);
      after(1_000);
    }
    expect(written).toHaveLength(2);
    expect(written.every((line) => line.endsWith('\n'))).toBe(true);
  });

  it('begins a line for each thing that is done', () => {
    const { written, progress } = recording(true);
    progress.update('folding', 1, 2);
    progress.update('verifying', 0, 2);
    progress.end();
    expect(written.filter((text) => text === '\n')).toHaveLength(2);
  });

  it('counts where nobody knows the end, and shows what else is to be said', () => {
    const { written, progress } = recording(false);
    progress.update('importing', 7, null, '1.0 MiB');
    expect(written).toEqual(['importing 7 messages, 0/s, 1.0 MiB\n']);
  });

  it('is at the end where there is nothing to do', () => {
    const { written, progress } = recording(false);
    progress.update('gen_2', 0, 0);
    expect(written[0]).toContain('100 % 0 of 0 messages');
  });
});
