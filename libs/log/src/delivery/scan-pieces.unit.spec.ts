import { setFlagsFromString } from 'node:v8';
import { setImmediate as turn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { offset, type StoredMessage } from '@logbook/contracts';
import { type Piece, scanPieces, type ScanSource } from './scan-pieces.js';

const PIECES = 60;
/** The one in hand, the next that is under way, and what the engine may still hold on its stack. */
const PIECES_HELD_MAX = 6;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** One message a piece, seen by weak references alone. */
class WatchedSource implements ScanSource {
  readonly pieces: WeakRef<Piece>[] = [];
  isReleased = false;
  /** Awaited by each fetch. */
  answering: Promise<void> = Promise.resolve();

  bounds() {
    return Promise.resolve({ start: offset(0), end: offset(PIECES) });
  }

  async fetch(at: number): Promise<Piece> {
    await this.answering;
    const message: StoredMessage = {
      topic: 'events',
      partition: 0,
      offset: offset(at),
      key: Buffer.from('key'),
      value: Buffer.alloc(1_000),
      headers: {},
    };
    const piece = { next: offset(at + 1), messages: [message], end: offset(PIECES) };
    this.pieces.push(new WeakRef(piece));
    return piece;
  }

  release() {
    this.isReleased = true;
    return Promise.resolve();
  }

  held(): number {
    return this.pieces.filter((piece) => piece.deref() !== undefined).length;
  }
}

const whole = (signal?: AbortSignal) => ({
  topic: 'events' as const,
  partition: 0,
  from: offset(0),
  to: offset(PIECES),
  ...(signal !== undefined && { signal }),
});

describe('a scan', () => {
  it('lets go of each piece once its messages were handed over', async () => {
    const source = new WatchedSource();
    let most = 0;
    for await (const { next } of scanPieces(
      whole(new AbortController().signal),
      source,
      new AbortController().signal,
    )) {
      if (next % 10 !== 0) continue;
      await turn();
      collectGarbage();
      most = Math.max(most, source.held());
    }
    expect(source.pieces).toHaveLength(PIECES);
    expect(most).toBeLessThanOrEqual(PIECES_HELD_MAX);
    expect(source.isReleased).toBe(true);
  });

  it.each(['signal', 'closed'] as const)('ends on %s while it waits for a piece that never comes', async (which) => {
    const source = new WatchedSource();
    const ends = { signal: new AbortController(), closed: new AbortController() };
    const scan = scanPieces(whole(ends.signal.signal), source, ends.closed.signal);
    await scan.next();
    source.answering = new Promise(() => undefined);
    await scan.next();
    const waiting = scan.next();
    ends[which].abort();
    if (which === 'signal') expect(await waiting).toEqual({ done: true, value: undefined });
    else await expect(waiting).rejects.toThrow('the log is closed');
    expect(source.isReleased).toBe(true);
  });

  it('of a log that is closed already tells so, whatever its source then says', async () => {
    const source = new WatchedSource();
    source.bounds = () => Promise.reject(new Error('closed'));
    const scan = scanPieces(whole(), source, AbortSignal.abort());
    await expect(scan.next()).rejects.toThrow('the log is closed');
  });
});
